/**
 * A reflection of three neighbouring rows, or of two: p = row₀ + q·row₁ + r·row₂, then (x, y, z)·p is taken from them.
 * `row` is where the first one begins in `m`; columns [first, end).
 */
export function reflectRows(
  m: Float64Array | Float32Array,
  row: number,
  n: number,
  first: number,
  end: number,
  three: boolean,
  x: number,
  y: number,
  z: number,
  q: number,
  r: number,
): void {
  const [one, two] = [row + n, row + 2 * n];
  if (!three) {
    for (let j = first; j < end; j += 1) {
      const p = m[row + j] + q * m[one + j];
      m[row + j] -= p * x;
      m[one + j] -= p * y;
    }
    return;
  }
  for (let j = first; j < end; j += 1) {
    const p = m[row + j] + q * m[one + j] + r * m[two + j];
    m[row + j] -= p * x;
    m[one + j] -= p * y;
    m[two + j] -= p * z;
  }
}
