/** Work on long lines of interleaved complex numbers, one vector each. */
export const interleaved = (): string => `
// @ts-ignore: decorator
@inline
function times(a: v128, b: v128): v128 {
  const re = v128.shuffle<f64>(b, b, 0, 0), im = f64x2.mul(v128.shuffle<f64>(b, b, 1, 1), f64x2(-1, 1));
  return f64x2.relaxed_madd(a, re, f64x2.mul(v128.shuffle<f64>(a, a, 1, 0), im));
}

/**
 * Pairs k and m = half - k of a line, k = first … first + count - 1, at low (rising) and high (falling):
 * e = (x + conj y)·scale, t = ∓i·w^±k·(x - conj y)·scale, into e + t and conj(e - t). With scale 1/2 points of real
 * transforms from those of half the length, see hermitian.ts; with 1 and \`back\` (the lower signs) the way back. Where
 * there are images, the conjugates of both go there too, or with \`conjugate\` they change places.
 */
export function hermitianPairs(
  low: usize, high: usize, first: i32, count: i32, roots: usize, shift: i32, scale: f64, back: i32,
  outLow: usize, outHigh: usize, imageLow: usize, imageHigh: usize, conjugate: i32,
): void {
  const mask = (1 << shift) - 1; const coarse = roots + (<usize>1 << (shift + 4));
  const flip = f64x2(0, -0.0); const by = f64x2.splat(scale);
  const direct = conjugate ? flip : f64x2(0, 0), mirrored = v128.xor(direct, flip);
  for (let k = first; k < first + count; k++) {
    const x = v128.load(low), y = v128.xor(v128.load(high), flip);
    const e = f64x2.mul(f64x2.add(x, y), by), d = f64x2.mul(f64x2.sub(x, y), by);
    const root = times(v128.load(roots + (<usize>(k & mask) << 4)), v128.load(coarse + (<usize>(k >> shift) << 4)));
    // -i·w, and for the way back its conjugate.
    const turned = v128.xor(v128.shuffle<f64>(root, root, 1, 0), flip);
    const t = times(d, back ? v128.xor(turned, flip) : turned);
    const l = f64x2.add(e, t), h = v128.xor(f64x2.sub(e, t), flip);
    v128.store(outLow, v128.xor(l, direct)); v128.store(outHigh, v128.xor(h, direct));
    if (imageLow) {
      v128.store(imageLow, v128.xor(l, mirrored)); v128.store(imageHigh, v128.xor(h, mirrored));
      imageLow -= 16; imageHigh += 16;
    }
    low += 16; high -= 16; outLow += 16; outHigh -= 16;
  }
}

/** a · table, element by element; \`swapIn\`, \`swapOut\`: with real and imaginary parts exchanged before or after. */
export function timesLine(a: usize, table: usize, count: i32, out: usize, swapIn: i32, swapOut: i32): void {
  for (let j = 0; j < count; j++) {
    let v = v128.load(a);
    if (swapIn) v = v128.shuffle<f64>(v, v, 1, 0);
    v = times(v, v128.load(table));
    if (swapOut) v = v128.shuffle<f64>(v, v, 1, 0);
    v128.store(out, v);
    a += 16; table += 16; out += 16;
  }
}`;
