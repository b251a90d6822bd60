import { type FloatingArray, zeros } from "@sluice/contract/array";
import type { OnFraction } from "../../model/on-fraction.ts";
import { choleskyInPlace } from "../factorizations/cholesky.ts";
import { applyReflections, reflectColumns } from "../factorizations/householder.ts";
import { eliminate } from "../factorizations/lu.ts";
import {
  type Area,
  load,
  loadAdjoint,
  newPlanes,
  type Planes,
  planesOf,
  put,
  store,
} from "../factorizations/planes.ts";
import { rangeScale, scalePlanes } from "../factorizations/range-scale.ts";
import { applyReflections as applyRealReflections, rotateRows } from "../factorizations/spectral-kit.ts";
import { eigBy, eighBy, svdBy } from "../factorizations/spectral-methods.ts";
import type { FullKit } from "../factorizations/svd-of-any-shape.ts";
import { solveTriangle } from "../factorizations/triangle.ts";
import type { LinearAlgebra, Lu, QrMode } from "../linear-algebra.ts";
import { notPositiveDefinite } from "../not-positive-definite.ts";
import { release } from "../release.ts";
import { matmul } from "./matmul.ts";

const whole = ({ rows, columns }: { rows: number; columns: number }): Area => ({
  row: 0,
  column: 0,
  rows,
  columns,
});

function arrayOf(planes: Planes): FloatingArray {
  const dtype = planes.im ? "complex128" : "float64";
  const array = zeros({ shape: [planes.rows, planes.columns], dtype });
  store(planes, array, whole(planes));
  return array;
}

function lu(a: FloatingArray): Lu {
  const planes = planesOf(a);
  const pivots = new Int32Array(Math.min(...a.shape));
  eliminate(planes, pivots);
  return { lu: arrayOf(planes), pivots };
}

function cholesky(a: FloatingArray, upper: boolean): FloatingArray {
  const n = a.shape[0];
  const planes = newPlanes(n, n, a.dtype === "complex128");
  (upper ? load : loadAdjoint)(a, whole(planes), planes);
  const failed = choleskyInPlace(planes);
  if (failed >= 0) throw notPositiveDefinite(failed + 1);
  for (let i = 0; i < n; i += 1) for (let j = 0; j < i; j += 1) put(planes, i, j, [0, 0]);
  if (upper) return arrayOf(planes);
  const lower = newPlanes(n, n, planes.im !== undefined);
  loadAdjoint(arrayOf(planes), whole(planes), lower);
  return arrayOf(lower);
}

function qr(a: FloatingArray, mode: QrMode): { q?: FloatingArray; r: FloatingArray } {
  const [m, n] = a.shape;
  const planes = planesOf(a);
  const complex = planes.im !== undefined;
  const scale = rangeScale(a.data);
  scalePlanes(planes, scale);
  const taus = reflectColumns(planes);
  const size = mode === "complete" ? m : Math.min(m, n);
  const r = newPlanes(size, n, complex);
  for (let i = 0; i < Math.min(m, n); i += 1) {
    for (let j = i; j < n; j += 1) {
      r.re[i * n + j] = planes.re[i * n + j];
      if (r.im && planes.im) r.im[i * n + j] = planes.im[i * n + j];
    }
  }
  scalePlanes(r, 1 / scale);
  if (mode === "r") return { r: arrayOf(r) };
  const q = newPlanes(m, size, complex);
  for (let i = 0; i < size; i += 1) q.re[i * size + i] = 1;
  applyReflections(planes, taus, q);
  return { q: arrayOf(q), r: arrayOf(r) };
}

const plainKit: Omit<FullKit, "onFraction"> = {
  matrix: (rows, columns) => zeros({ shape: [rows, columns], dtype: "float64" }),
  release,
  rotateRows,
  applyReflections: applyRealReflections,
  matmul: (a, b) => matmul(a, b, () => {}),
  qr,
};

/** Plain loops over the planes of a matrix: O(n³) all of them, none of them blocked. */
export function linearAlgebra(nextStep: () => OnFraction): LinearAlgebra {
  const step = <Result>(work: () => Result): Result => {
    const onFraction = nextStep();
    const result = work();
    onFraction(1);
    return result;
  };
  const spectral = <Result>(work: (kit: FullKit) => Result): Result => {
    const onFraction = nextStep();
    const result = work({ ...plainKit, onFraction });
    onFraction(1);
    return result;
  };
  return {
    lu: (a) => step(() => lu(a)),
    solveTriangle: (t, triangle, b) =>
      step(() => {
        const planes = planesOf(b);
        solveTriangle(planesOf(t), triangle, planes);
        store(planes, b, whole(planes));
      }),
    cholesky: (a, upper) => step(() => cholesky(a, upper)),
    qr: (a, mode) => step(() => qr(a, mode)),
    eigh: (a, lower) => spectral((kit) => eighBy(kit, zeros, a, lower)),
    svd: (a, vectors) => spectral((kit) => svdBy(kit, zeros, a, vectors)),
    eig: (a, vectors) => spectral((kit) => eigBy(kit, zeros, a, vectors)),
  };
}
