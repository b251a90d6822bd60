/**
 * The parts of matrix factorizations that are no products: panels and small triangles, all of them in rows,
 * two numbers at a time.
 */

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

export function source(): string {
  return `
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
}

/** to += f · from, \`count\` numbers. */
function addRow(to: usize, from: usize, f: f64, count: i32): void {
  const factor = f64x2.splat(f);
  for (; count >= 4; count -= 4) {
    v128.store(to, f64x2.relaxed_madd(factor, v128.load(from), v128.load(to)));
    v128.store(to, f64x2.relaxed_madd(factor, v128.load(from, 16), v128.load(to, 16)), 16);
    to += 32;
    from += 32;
  }
  for (; count > 0; count--) {
    const sum = f64x2.relaxed_madd(factor, v128.load64_splat(from), v128.load64_splat(to));
    store<f64>(to, f64x2.extract_lane(sum, 0));
    to += 8;
    from += 8;
  }
}

export function swapRows(x: usize, y: usize, count: i32): void {
  for (; count >= 2; count -= 2) {
    const v = v128.load(x);
    v128.store(x, v128.load(y));
    v128.store(y, v);
    x += 16;
    y += 16;
  }
  if (count > 0) {
    const v = load<f64>(x);
    store<f64>(x, load<f64>(y));
    store<f64>(y, v);
  }
}

/**
 * Columns [from, to) of a panel whose diagonal starts in its first row, eliminated one by one with the largest
 * pivot of each; its rows are swapped whole. A column without a pivot is left as it is.
 */
export function eliminate(a: usize, elements: i32, rows: i32, width: i32, from: i32, to: i32, pivots: usize): void {
  const stride = <usize>elements * 8;
  for (let k = from; k < to; k++) {
    const column = a + <usize>k * 8;
    const own = a + <usize>k * stride;
    let most = -1.0;
    let at = k;
    for (let i = k; i < rows; i++) {
      const size = abs<f64>(load<f64>(column + <usize>i * stride));
      // A NaN is the largest of all, so that it is seen by those after it.
      if (size <= most) continue;
      most = size;
      at = i;
      if (size != size) break;
    }
    store<i32>(pivots + <usize>k * 4, at);
    if (at != k) swapRows(own, a + <usize>at * stride, width);
    if (most == 0) continue;
    const pivot = load<f64>(own + <usize>k * 8);
    for (let i = k + 1; i < rows; i++) {
      const row = a + <usize>i * stride + <usize>k * 8;
      const f = load<f64>(row) / pivot;
      store<f64>(row, f);
      addRow(row + 8, own + <usize>(k + 1) * 8, -f, to - k - 1);
    }
  }
}

/** The upper triangle U of a symmetric block UᵀU, in place; the index of the first pivot that is not positive, else -1. */
export function choleskyBlock(a: usize, elements: i32, n: i32): i32 {
  const stride = <usize>elements * 8;
  for (let k = 0; k < n; k++) {
    const own = a + <usize>k * stride + <usize>k * 8;
    const pivot = load<f64>(own);
    if (!(pivot > 0) || pivot == Infinity) return k;
    const root = sqrt<f64>(pivot);
    store<f64>(own, root);
    for (let j = 1; j < n - k; j++) store<f64>(own + <usize>j * 8, load<f64>(own + <usize>j * 8) / root);
    let row = own + stride + 8;
    for (let i = 1; i < n - k; i++) {
      addRow(row, own + <usize>i * 8, -load<f64>(own + <usize>i * 8), n - k - i);
      row += stride + 8;
    }
  }
  return -1;
}

/**
 * Householder reflections of columns [from, to) of a panel whose diagonal starts in its first row, as LAPACK's
 * dgeqr2: R above, the reflectors below, their factors in \`tau\`. \`work\` has room for a row.
 */
export function reflect(a: usize, elements: i32, rows: i32, from: i32, to: i32, tau: usize, work: usize): void {
  const stride = <usize>elements * 8;
  for (let k = from; k < to; k++) {
    const own = a + <usize>k * stride + <usize>k * 8;
    const under = rows - k - 1;
    let square = 0.0;
    let at = own + stride;
    for (let i = 0; i < under; i++) {
      const x = load<f64>(at);
      square += x * x;
      at += stride;
    }
    const alpha = load<f64>(own);
    // Less is negligible, and its squares inexact: compute/engines/factorizations/range-scale.ts.
    if (square == 0 || alpha * alpha + square < ${2 ** -900}) {
      store<f64>(tau + <usize>k * 8, 0);
      continue;
    }
    const beta = -copysign<f64>(sqrt<f64>(alpha * alpha + square), alpha);
    const t = (beta - alpha) / beta;
    store<f64>(tau + <usize>k * 8, t);
    const count = to - k - 1;
    memory.copy(work, own + 8, <usize>count * 8);
    at = own + stride;
    for (let i = 0; i < under; i++) {
      const v = load<f64>(at) / (alpha - beta);
      store<f64>(at, v);
      addRow(work, at + 8, v, count);
      at += stride;
    }
    store<f64>(own, beta);
    addRow(own + 8, work, -t, count);
    at = own + stride;
    for (let i = 0; i < under; i++) {
      addRow(at + 8, work, -t * load<f64>(at), count);
      at += stride;
    }
  }
}

export function copyRows(from: usize, fromElements: i32, rows: i32, columns: i32, to: usize, toElements: i32): void {
  const fromStride = <usize>fromElements * 8;
  const toStride = <usize>toElements * 8;
  for (; rows > 0; rows--) {
    let at = from;
    let out = to;
    let left = columns;
    for (; left >= 4; left -= 4) {
      v128.store(out, v128.load(at));
      v128.store(out, v128.load(at, 16), 16);
      at += 32;
      out += 32;
    }
    for (; left > 0; left--) {
      store<f64>(out, load<f64>(at));
      at += 8;
      out += 8;
    }
    from += fromStride;
    to += toStride;
  }
}

/** \`to\` = sign · \`from\` transposed. */
export function transpose(from: usize, fromElements: i32, rows: i32, columns: i32, sign: f64, to: usize, toElements: i32): void {
  const fromStride = <usize>fromElements * 8;
  const toStride = <usize>toElements * 8;
  for (let top = 0; top < rows; top += 8) {
    const high = min(8, rows - top);
    for (let j = 0; j < columns; j++) {
      let at = from + <usize>top * fromStride + <usize>j * 8;
      let out = to + <usize>j * toStride + <usize>top * 8;
      for (let i = 0; i < high; i++) {
        store<f64>(out, sign * load<f64>(at));
        at += fromStride;
        out += 8;
      }
    }
  }
}

/**
 * Plane rotations of neighbouring rows, one after the other: rows \`first\` + i · step and the one after become
 * c·x + s·y and c·y - s·x, with c and s of rotation i side by side at \`factors\`. Not fused: the plain loops
 * for arrays outside kernel memory are to give the same bytes.
 */
export function rotateRows(z: usize, elements: i32, columns: i32, first: i32, step: i32, count: i32, factors: usize): void {
  const stride = <usize>elements * 8;
  let row = first;
  for (let i = 0; i < count; i++) {
    let x = z + <usize>row * stride;
    let y = x + stride;
    const c = v128.load64_splat(factors);
    const s = v128.load64_splat(factors, 8);
    let left = columns;
    for (; left >= 4; left -= 4) {
      const x0 = v128.load(x), x1 = v128.load(x, 16), y0 = v128.load(y), y1 = v128.load(y, 16);
      v128.store(x, f64x2.add(f64x2.mul(c, x0), f64x2.mul(s, y0)));
      v128.store(x, f64x2.add(f64x2.mul(c, x1), f64x2.mul(s, y1)), 16);
      v128.store(y, f64x2.sub(f64x2.mul(c, y0), f64x2.mul(s, x0)));
      v128.store(y, f64x2.sub(f64x2.mul(c, y1), f64x2.mul(s, x1)), 16);
      x += 32;
      y += 32;
    }
    for (; left > 0; left--) {
      const p = load<f64>(x);
      const q = load<f64>(y);
      store<f64>(x, load<f64>(factors) * p + load<f64>(factors, 8) * q);
      store<f64>(y, load<f64>(factors) * q - load<f64>(factors, 8) * p);
      x += 8;
      y += 8;
    }
    factors += 16;
    row += step;
  }
}`;
}
