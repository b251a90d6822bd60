/**
 * Four lines of an array side by side into planes: lane l of point j from p_l + j·step, real parts to `to`,
 * imaginary ones a plane behind. Lines may be rows (step: one element) or columns (step: one row).
 */
export const gather = (): string => `
function separate4(p0: usize, p1: usize, p2: usize, p3: usize, step: usize, count: i32, to: usize, plane: usize): void {
  let im = to + plane;
  for (let j = 0; j < count; j++) {
    const v0 = v128.load(p0); const v1 = v128.load(p1); const v2 = v128.load(p2); const v3 = v128.load(p3);
    v128.store(to, v128.shuffle<f64>(v0, v1, 0, 2)); v128.store(to, v128.shuffle<f64>(v2, v3, 0, 2), 16);
    v128.store(im, v128.shuffle<f64>(v0, v1, 1, 3)); v128.store(im, v128.shuffle<f64>(v2, v3, 1, 3), 16);
    p0 += step; p1 += step; p2 += step; p3 += step; to += 32; im += 32;
  }
}

/** Rows of float64 without a step between their points. */
function interleave4(p0: usize, p1: usize, p2: usize, p3: usize, count: i32, to: usize): void {
  let j = 0;
  for (; j + 2 <= count; j += 2) {
    const v0 = v128.load(p0); const v1 = v128.load(p1); const v2 = v128.load(p2); const v3 = v128.load(p3);
    v128.store(to, v128.shuffle<f64>(v0, v1, 0, 2)); v128.store(to, v128.shuffle<f64>(v2, v3, 0, 2), 16);
    v128.store(to, v128.shuffle<f64>(v0, v1, 1, 3), 32); v128.store(to, v128.shuffle<f64>(v2, v3, 1, 3), 48);
    p0 += 16; p1 += 16; p2 += 16; p3 += 16; to += 64;
  }
  if (j < count) {
    store<f64>(to, load<f64>(p0)); store<f64>(to, load<f64>(p1), 8);
    store<f64>(to, load<f64>(p2), 16); store<f64>(to, load<f64>(p3), 24);
  }
}

function widen4(p0: usize, p1: usize, p2: usize, p3: usize, step: usize, count: i32, to: usize): void {
  for (let j = 0; j < count; j++) {
    store<f64>(to, <f64>load<f32>(p0)); store<f64>(to, <f64>load<f32>(p1), 8);
    store<f64>(to, <f64>load<f32>(p2), 16); store<f64>(to, <f64>load<f32>(p3), 24);
    p0 += step; p1 += step; p2 += step; p3 += step; to += 32;
  }
}

/** Real numbers of either precision; columns next to each other are loaded together. */
function reals4(p0: usize, p1: usize, p2: usize, p3: usize, step: usize, single: i32, count: i32, to: usize): void {
  if (single) return widen4(p0, p1, p2, p3, step, count, to);
  if (step == 8) return interleave4(p0, p1, p2, p3, count, to);
  if (p1 - p0 == 8 && p2 - p1 == 8 && p3 - p2 == 8) {
    for (let j = 0; j < count; j++) {
      v128.store(to, v128.load(p0)); v128.store(to, v128.load(p0, 16), 16);
      p0 += step; to += 32;
    }
    return;
  }
  for (let j = 0; j < count; j++) {
    store<f64>(to, load<f64>(p0)); store<f64>(to, load<f64>(p1), 8);
    store<f64>(to, load<f64>(p2), 16); store<f64>(to, load<f64>(p3), 24);
    p0 += step; p1 += step; p2 += step; p3 += step; to += 32;
  }
}

/** Real numbers in pairs, as real and imaginary part of half as many points; behind an odd count a zero. */
function pairs4(
  p0: usize, p1: usize, p2: usize, p3: usize, step: usize, single: i32, count: i32, to: usize, plane: usize,
): void {
  const pairs = count / 2;
  if (!single && step == 8) {
    separate4(p0, p1, p2, p3, 16, pairs, to, plane);
  } else {
    reals4(p0, p1, p2, p3, 2 * step, single, pairs, to);
    reals4(p0 + step, p1 + step, p2 + step, p3 + step, 2 * step, single, pairs, to + plane);
  }
  if (count & 1) {
    const last = <usize>(count - 1) * step; const at = to + (<usize>pairs << 5);
    reals4(p0 + last, p1 + last, p2 + last, p3 + last, step, single, 1, at);
    memory.fill(at + plane, 0, 32);
  }
}

/** Zeros for the points from \`count\` up to \`length\`. */
function padding(x: usize, plane: usize, count: i32, length: i32): void {
  if (count >= length) return;
  const tail = x + (<usize>count << 5); const bytes = <usize>(length - count) << 5;
  memory.fill(tail, 0, bytes); memory.fill(tail + plane, 0, bytes);
}`;
