import type { FloatingArray, FloatingSpec } from "@sluice/contract/array";
import type { Engine } from "../../engine.ts";

export type Tested = Pick<Engine, "matmul" | "lu" | "solveTriangle" | "cholesky" | "qr"> & {
  array(spec: FloatingSpec): FloatingArray;
};

/** Wider than what is eliminated or factored column by column: halves, small triangles and products take part. */
const n = 40;

/** (i·7 + j·3) mod 11 - 5 with a large diagonal, or what is symmetric with its lower half. */
export function matrix(symmetric: boolean): FloatingArray {
  const data = Float64Array.from({ length: n * n }, (_, index) => {
    const [i, j] = [Math.floor(index / n), index % n];
    const [row, column] = symmetric && j > i ? [j, i] : [i, j];
    return ((row * 7 + column * 3) % 11) - 5 + (i === j ? 240 : 0);
  });
  return { shape: [n, n], dtype: "float64", data };
}

/** Compares a product of two factors, made by the engine's own tested product, with what was factored. */
export function expectProduct(
  what: string,
  engine: Pick<Tested, "matmul">,
  left: FloatingArray,
  right: FloatingArray,
  a: FloatingArray,
): void {
  const { data } = engine.matmul(left, right);
  for (const [index, value] of a.data.entries()) {
    if (Math.abs(data[index] - value) <= 1e-11) continue;
    throw new Error(`self-test of ${what}: expected ${value} at element ${index}, got ${data[index]}`);
  }
}

export function transposed({ data }: FloatingArray): FloatingArray {
  const turned = Float64Array.from(data, (_, index) => data[(index % n) * n + Math.floor(index / n)]);
  return { shape: [n, n], dtype: "float64", data: turned };
}

/**
 * Whether factorizations give back what they were made of, by each kernel that fuses. Not part of the engine's
 * self-test, which every cold start waits for: 6 ms that most jobs have no use for.
 * @throws Error naming the one that is wrong
 */
export function testFactors(engine: Tested): void {
  const [a, symmetric] = [matrix(false), matrix(true)];
  const { lu, pivots } = engine.lu(a);
  const x = engine.array(a);
  x.data.set(a.data);
  for (const [k, row] of pivots.entries()) {
    const kept = x.data.slice(k * n, (k + 1) * n);
    x.data.copyWithin(k * n, row * n, (row + 1) * n);
    x.data.set(kept, row * n);
  }
  // A⁻¹·A, which is 1.
  engine.solveTriangle(lu, { lower: true, unit: true }, x);
  engine.solveTriangle(lu, { lower: false, unit: false }, x);
  expectProduct("LU and its triangles", engine, a, x, a);
  const l = engine.cholesky(symmetric, false);
  expectProduct("Cholesky", engine, l, transposed(l), symmetric);
  const { q, r } = engine.qr(a, "reduced");
  if (q) expectProduct("QR", engine, q, r, a);
}
