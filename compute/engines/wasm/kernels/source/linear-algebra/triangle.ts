/** Vectors of a strip of columns that stay in registers while a triangle is solved. */
const stripVectors = 6;

const each = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join("\n");

/** Rows of a strip: `t` times row k subtracted from row i for all k that come before i. */
function strip(vectors: number): string {
  return `
function solveStrip${vectors}(t: usize, tStride: usize, n: i32, lower: i32, unit: i32, b: usize, bStride: usize): void {
  ${each(vectors, (v) => `let x${v}: v128 = f64x2(0, 0);`)}
  for (let step = 0; step < n; step++) {
    const i = lower ? step : n - 1 - step;
    const first = lower ? 0 : i + 1;
    const to = b + <usize>i * bStride;
    ${each(vectors, (v) => `x${v} = v128.load(to, ${16 * v});`)}
    let factor = t + <usize>i * tStride + <usize>first * 8;
    let from = b + <usize>first * bStride;
    for (let left = step; left > 0; left--) {
      const f = f64x2.neg(v128.load64_splat(factor));
      ${each(vectors, (v) => `x${v} = f64x2.relaxed_madd(f, v128.load(from, ${16 * v}), x${v});`)}
      factor += 8;
      from += bStride;
    }
    if (!unit) {
      const pivot = v128.load64_splat(t + <usize>i * tStride + <usize>i * 8);
      ${each(vectors, (v) => `x${v} = f64x2.div(x${v}, pivot);`)}
    }
    ${each(vectors, (v) => `v128.store(to, x${v}, ${16 * v});`)}
  }
}`;
}

/** T · X = B for a small triangle T. */
export const triangle = (): string => `
${strip(stripVectors)}
${strip(1)}

/** T · X = B in place of B, T lower or upper n×n, its diagonal taken for ones when \`unit\`. */
export function solveTriangle(t: usize, tElements: i32, n: i32, lower: i32, unit: i32, b: usize, bElements: i32, columns: i32): void {
  const tStride = <usize>tElements * 8;
  const bStride = <usize>bElements * 8;
  for (; columns >= ${2 * stripVectors}; columns -= ${2 * stripVectors}) {
    solveStrip${stripVectors}(t, tStride, n, lower, unit, b, bStride);
    b += ${16 * stripVectors};
  }
  for (; columns >= 2; columns -= 2) {
    solveStrip1(t, tStride, n, lower, unit, b, bStride);
    b += 16;
  }
  if (columns == 0) return;
  // As the strips do, also with regard to rounding.
  for (let step = 0; step < n; step++) {
    const i = lower ? step : n - 1 - step;
    const first = lower ? 0 : i + 1;
    let x = v128.load64_splat(b + <usize>i * bStride);
    for (let k = first; k < first + step; k++) {
      const f = f64x2.neg(v128.load64_splat(t + <usize>i * tStride + <usize>k * 8));
      x = f64x2.relaxed_madd(f, v128.load64_splat(b + <usize>k * bStride), x);
    }
    if (!unit) x = f64x2.div(x, v128.load64_splat(t + <usize>i * tStride + <usize>i * 8));
    store<f64>(b + <usize>i * bStride, f64x2.extract_lane(x, 0));
  }
}`;
