import { type ArraySpec, byteLength, type FloatingSpec } from "@sluice/contract/array";
import { power } from "../math/power.ts";
import { cube, square } from "../math/powers.ts";
import type { KernelClass, Work } from "./steps.ts";

const isComplex = ({ dtype }: ArraySpec): boolean => dtype === "complex128";

/** A complex multiplication and addition is four real ones of each. */
const flopsOf = (a: ArraySpec, real: number): number => Math.ceil(real * (isComplex(a) ? 4 : 1));

function step(
  kernel: KernelClass,
  a: ArraySpec,
  size: number,
  flops: number,
  arrays: readonly ArraySpec[],
): Work {
  const bytes = [a, ...arrays].reduce((sum, spec) => sum + byteLength(spec), 0);
  return { kernel, size: Math.max(1, size), flops: flopsOf(a, flops), bytes };
}

/** What factorizations make of an input: float32 is widened, as products would lose what elimination needs. */
export const widened = ({ shape, dtype }: ArraySpec): FloatingSpec => ({
  shape,
  dtype: dtype === "complex128" ? "complex128" : "float64",
});

const extents = ({ shape }: ArraySpec) => {
  const [m = 0, n = 0] = shape;
  return { m, n, least: Math.min(m, n), most: Math.max(m, n) };
};

/** m·n² - n³/3 of the smaller extent n; 2/3 n³ when square. */
export function luStep(a: ArraySpec): Work {
  const { least, most } = extents(a);
  return step("lu", a, least, most * square(least) - cube(least) / 3, [widened(a)]);
}

/** n³/3. */
export function choleskyStep(a: ArraySpec): Work {
  const { n } = extents(a);
  return step("cholesky", a, n, cube(n) / 3, [widened(a)]);
}

/** n²·k for an n×k right side, a third of it when that is triangular itself. */
export function triangleStep(t: ArraySpec, b: ArraySpec, lowerB = false): Work {
  const { n } = extents(t);
  const k = b.shape[1] ?? 1;
  const side = power(n * n * k, 1 / 3);
  return step("triangular-solve", t, side, (n * n * k) / (lowerB ? 3 : 1), [b]);
}

/** 2·n²·(m - n/3) for R alone, and for `columns` of Q 4·m·n·columns less what is known to be zero. */
export function qrStep(a: ArraySpec, columns: number): Work {
  const { m, n, least } = extents(a);
  const r = 2 * (m * n * least) - square(least) * (m + n) + (2 / 3) * cube(least);
  const q =
    columns === 0 ? 0 : 4 * m * columns * least - 2 * (m + columns) * square(least) + (4 / 3) * cube(least);
  return step("qr", a, least, Math.max(0, r) + Math.max(0, q), [widened(a)]);
}

/** 9·n³ with eigenvectors. */
export function eighStep(a: ArraySpec): Work {
  const { n } = extents(a);
  return step("eigh", a, n, 9 * cube(n), [widened(a)]);
}

/** 25·n³ with eigenvectors, 10·n³ without. */
export function eigStep(a: ArraySpec, vectors: boolean): Work {
  const { n } = extents(a);
  return step(vectors ? "eig" : "eigvals", a, n, (vectors ? 25 : 10) * cube(n), [widened(a)]);
}

/** 21·n³ with singular vectors, 8/3·n³ without, of the square that QR leaves of a matrix which is not square. */
export function svdStep(a: ArraySpec, vectors: boolean, full: boolean): Work {
  const { m, n, least, most } = extents(a);
  const columns = full ? most : least;
  const before = m === n ? 0 : qrStep({ ...a, shape: [most, least] }, vectors ? columns : 0).flops;
  const after = m === n || !vectors ? 0 : 2 * most * square(least);
  const own = (vectors ? 21 : 8 / 3) * cube(least);
  return step(vectors ? "svd" : "svdvals", a, least, own + before + after, [widened(a)]);
}
