/** What is done column by column within a panel: elimination, Cholesky, reflections. */
export const panel = (): string => `
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
}`;
