import { complexProduct, indented, range } from "./lines.ts";
import { complexLanes } from "./scatter.ts";

/** Points k and half - k of four lanes: (x0r, x0i) … and (y0r, y0i) …, two vectors each. */
const loadBoth: readonly string[] = range(2).flatMap((v) => [
  `const x${v}r = v128.load(x, ${16 * v}), x${v}i = v128.load(x + plane, ${16 * v});`,
  `const y${v}r = v128.load(y, ${16 * v}), y${v}i = v128.load(y + plane, ${16 * v});`,
]);

/** e = x + conj(y), d = x - conj(y). */
const sumAndDifference: readonly string[] = range(2).flatMap((v) => [
  `const e${v}r = f64x2.add(x${v}r, y${v}r), e${v}i = f64x2.sub(x${v}i, y${v}i);`,
  `const d${v}r = f64x2.sub(x${v}r, y${v}r), d${v}i = f64x2.add(x${v}i, y${v}i);`,
]);

/** Stores c0 … c3 at point \`at\` of the four lines, and d0 … d3 at point \`to\`. */
const storeLanes = (value: string, at: string): string =>
  range(4)
    .map((lane) => `v128.store(p${lane} + ${at}, ${value}${lane});`)
    .join(" ");
const turned = (out: string, value: string, mask: string): string[] =>
  range(4).map((lane) => `const ${out}${lane} = v128.xor(${value}${lane}, ${mask});`);

/**
 * Real transforms of even length n by complex ones of n/2 (Cooley, Lewis and Welch 1970): with the even points
 * as real and the odd ones as imaginary parts, Z is their transform, and
 * X[k] = (Z[k] + conj Z[n/2-k])/2 - i·w^k·(Z[k] - conj Z[n/2-k])/2, w = exp(-2πi/n). Each line by itself:
 * two lines as real and imaginary part of one transform would leak into each other.
 */
export const hermitian = (): string => `
/** From Z to points 0 … n/2 of four lines; with \`full\` also the rest, conjugates; \`conjugate\`: of the inverse. */
function scatterHalf4(
  z: usize, plane: usize, half: i32, table: usize, step: usize, full: i32, conjugate: i32,
  p0: usize, p1: usize, p2: usize, p3: usize,
): void {
  const flip = f64x2(0, -0.0);
  const direct = conjugate ? flip : f64x2(0, 0), mirrored = v128.xor(direct, flip);
  const h = f64x2.splat(0.5), zero = f64x2.splat(0);
  {
    const re0 = f64x2.add(v128.load(z), v128.load(z + plane)), re1 = f64x2.add(v128.load(z, 16), v128.load(z + plane, 16));
    const le0 = f64x2.sub(v128.load(z), v128.load(z + plane)), le1 = f64x2.sub(v128.load(z, 16), v128.load(z + plane, 16));
    const im0 = zero, im1 = zero;
${indented(4, [...complexLanes("a", "re", "im"), ...complexLanes("b", "le", "im")])}
    ${storeLanes("a", "0")}
    const end = <usize>half * step;
    ${storeLanes("b", "end")}
  }
  for (let k = 1; 2 * k <= half; k++) {
    const x = z + (<usize>k << 5), y = z + (<usize>(half - k) << 5);
    const wr = v128.load64_splat(table + (<usize>k << 4)), wi = v128.load64_splat(table + (<usize>k << 4), 8);
${indented(4, [...loadBoth, ...sumAndDifference])}
    // -i·d/2 · w, added for k and, conjugate, subtracted for half - k.
${indented(
  4,
  range(2).flatMap((v) => [
    `const o${v}r = f64x2.mul(d${v}i, h), o${v}i = f64x2.neg(f64x2.mul(d${v}r, h));`,
    ...complexProduct(`t${v}`, `o${v}`, "w"),
    `const er${v} = f64x2.mul(e${v}r, h), ei${v} = f64x2.mul(e${v}i, h);`,
    `const lr${v} = f64x2.add(er${v}, t${v}r), li${v} = f64x2.add(ei${v}, t${v}i);`,
    `const ur${v} = f64x2.sub(er${v}, t${v}r), ui${v} = f64x2.sub(t${v}i, ei${v});`,
  ]),
)}
${indented(4, [...complexLanes("l", "lr", "li"), ...complexLanes("u", "ur", "ui")])}
${indented(4, [...turned("a", "l", "direct"), ...turned("b", "u", "direct")])}
    const atLow = <usize>k * step, atHigh = <usize>(half - k) * step;
    ${storeLanes("a", "atLow")}
    ${storeLanes("b", "atHigh")}
    if (full) {
${indented(6, [...turned("c", "l", "mirrored"), ...turned("d", "u", "mirrored")])}
      const imageLow = <usize>(2 * half - k) * step, imageHigh = <usize>(half + k) * step;
      ${storeLanes("c", "imageLow")}
      ${storeLanes("d", "imageHigh")}
    }
  }
}

/** From points 0 … n/2 in four lanes to the points of half the length whose inverse has the even and odd points, in place. */
function tangle4(z: usize, plane: usize, half: i32, table: usize): void {
  for (let at: usize = 0; at < 32; at += 16) {
    const first = v128.load(z + at), last = v128.load(z + (<usize>half << 5) + at);
    v128.store(z + at, f64x2.add(first, last)); v128.store(z + plane + at, f64x2.sub(first, last));
  }
  for (let k = 1; 2 * k <= half; k++) {
    const x = z + (<usize>k << 5), y = z + (<usize>(half - k) << 5);
    const wr = v128.load64_splat(table + (<usize>k << 4)), wi = f64x2.neg(v128.load64_splat(table + (<usize>k << 4), 8));
${indented(4, [...loadBoth, ...sumAndDifference, ...range(2).flatMap((v) => complexProduct(`t${v}`, `d${v}`, "w"))])}
${indented(
  4,
  range(2).flatMap((v) => [
    `v128.store(x, f64x2.sub(e${v}r, t${v}i), ${16 * v}); v128.store(x + plane, f64x2.add(e${v}i, t${v}r), ${16 * v});`,
    `v128.store(y, f64x2.add(e${v}r, t${v}i), ${16 * v}); v128.store(y + plane, f64x2.sub(t${v}r, e${v}i), ${16 * v});`,
  ]),
)}
  }
}

/** Points n/2 + 1 … n - 1 of an odd n, conjugates of those before; in place. */
function mirror4(z: usize, plane: usize, length: i32): void {
  for (let k = 1; 2 * k < length; k++) {
    const from = z + (<usize>k << 5), to = z + (<usize>(length - k) << 5);
    v128.store(to, v128.load(from)); v128.store(to, v128.load(from, 16), 16);
    v128.store(to + plane, f64x2.neg(v128.load(from + plane))); v128.store(to + plane, f64x2.neg(v128.load(from + plane, 16)), 16);
  }
}`;
