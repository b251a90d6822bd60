/**
 * Products whose left factor is centrosymmetric, M[i][j] = M[-i][-j] (indices modulo the extents), at
 * half the work: with sums and differences of mirrored columns of M and rows of R, the even and the odd
 * half of the result are products of half the terms over half the rows.
 */
export function source(): string {
  return `
/**
 * Half the sum (sign 1) or difference (sign -1) of columns and their mirrors. \`mirror\` is the address
 * that column 0 of the block mirrors to in its first row; the mirrors of the next ones lie below it.
 * Column 0 of the matrix is its own mirror: \`skip\` copies it.
 */
export function foldColumns(from: usize, mirror: usize, fromElements: i32, mirrorElements: i32, rows: i32, columns: i32, skip: i32, sign: f64, to: usize): void {
  const stride = <usize>fromElements * 8;
  const mirrorStride = <usize>mirrorElements * 8;
  const half = f64x2.splat(0.5);
  const signed = f64x2.splat(0.5 * sign);
  for (let i = 0; i < rows; i++) {
    let at = from;
    let back = mirror;
    let j = 0;
    if (skip) {
      store<f64>(to, load<f64>(at));
      to += 8;
      at += 8;
      back -= 8;
      j = 1;
    }
    for (; j + 2 <= columns; j += 2) {
      const x = v128.load(at);
      const y = v128.load(back - 8);
      const mirrored = v128.shuffle<f64>(y, y, 1, 0);
      v128.store(to, f64x2.add(f64x2.mul(half, x), f64x2.mul(signed, mirrored)));
      to += 16;
      at += 16;
      back -= 16;
    }
    if (j < columns) {
      store<f64>(to, 0.5 * load<f64>(at) + 0.5 * sign * load<f64>(back));
      to += 8;
    }
    from += stride;
    mirror += mirrorStride;
  }
}

/**
 * Sums (sign 1) or differences (sign -1) of rows and their mirrors. \`mirror\` is the address that the
 * block's first row, number \`row\` of \`extent\`, mirrors to; the mirrors of the next ones lie below it. A
 * row that is its own mirror is copied.
 */
export function foldRows(from: usize, mirror: usize, fromElements: i32, mirrorElements: i32, row: i32, extent: i32, rows: i32, columns: i32, sign: f64, to: usize): void {
  const stride = <usize>fromElements * 8;
  const mirrorStride = <usize>mirrorElements * 8;
  const signed = f64x2.splat(sign);
  for (let i = row; i < row + rows; i++) {
    const own = i == 0 || 2 * i == extent;
    let x = from;
    let y = mirror;
    let left = columns;
    if (own) {
      memory.copy(to, from, <usize>columns * 8);
      to += <usize>columns * 8;
    } else {
      for (; left >= 2; left -= 2) {
        v128.store(to, f64x2.add(v128.load(x), f64x2.mul(signed, v128.load(y))));
        x += 16;
        y += 16;
        to += 16;
      }
      if (left > 0) {
        store<f64>(to, load<f64>(x) + sign * load<f64>(y));
        to += 8;
      }
    }
    from += stride;
    mirror -= mirrorStride;
  }
}

/** (even, odd) becomes (even + odd, even - odd). */
export function unfoldRows(even: usize, odd: usize, evenElements: i32, oddElements: i32, rows: i32, columns: i32): void {
  const evenStride = <usize>evenElements * 8;
  const oddStride = <usize>oddElements * 8;
  for (; rows > 0; rows--) {
    let x = even;
    let y = odd;
    let left = columns;
    for (; left >= 2; left -= 2) {
      const a = v128.load(x);
      const b = v128.load(y);
      v128.store(x, f64x2.add(a, b));
      v128.store(y, f64x2.sub(a, b));
      x += 16;
      y += 16;
    }
    if (left > 0) {
      const a = load<f64>(x);
      const b = load<f64>(y);
      store<f64>(x, a + b);
      store<f64>(y, a - b);
    }
    even += evenStride;
    odd += oddStride;
  }
}

/** Largest magnitude, NaN when there is one. pmax is one instruction where max is six, but drops NaN: the sum does not. */
export function largest(from: usize, count: i32): f64 {
  ${[0, 1, 2, 3].map((v) => `let most${v}: v128 = f64x2(0, 0), sum${v}: v128 = f64x2(0, 0);`).join("\n  ")}
  let x: v128 = f64x2(0, 0);
  for (; count >= 8; count -= 8) {
    ${[0, 1, 2, 3]
      .map(
        (v) => `x = v128.load(from, ${16 * v});
    most${v} = f64x2.pmax(most${v}, f64x2.abs(x));
    sum${v} = f64x2.add(sum${v}, x);`,
      )
      .join("\n    ")}
    from += 64;
  }
  for (; count > 0; count--) {
    x = v128.load64_splat(from);
    most0 = f64x2.pmax(most0, f64x2.abs(x));
    sum0 = f64x2.add(sum0, x);
    from += 8;
  }
  const most = f64x2.pmax(f64x2.pmax(most0, most1), f64x2.pmax(most2, most3));
  const sum = f64x2.add(f64x2.add(sum0, sum1), f64x2.add(sum2, sum3));
  const total = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
  return total == total ? max<f64>(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1)) : NaN;
}

/** Whether x · y + z is rounded once: the terms cancel but for what the first rounding drops. */
export function fusedResidue(): f64 {
  const x = f64x2.splat(1.0 + 1.1102230246251565e-16 * 2);
  const square = f64x2.mul(x, x);
  return f64x2.extract_lane(f64x2.relaxed_madd(x, x, f64x2.neg(square)), 0);
}

/** In place: complex or real numbers alike times a real factor. */
export function scale64(at: usize, count: i32, factor: f64): void {
  const factors = f64x2.splat(factor);
  for (; count >= 2; count -= 2) {
    v128.store(at, f64x2.mul(v128.load(at), factors));
    at += 16;
  }
  if (count > 0) store<f64>(at, load<f64>(at) * factor);
}`;
}
