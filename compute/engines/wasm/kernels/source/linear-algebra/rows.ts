/** Rows copied, transposed and rotated. */
export const rows = (): string => `
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
