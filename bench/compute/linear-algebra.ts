import type { FloatingArray } from "@sluice/contract/array";
import {
  CholeskyDecomposition,
  EigenvalueDecomposition,
  inverse,
  Matrix,
  QrDecomposition,
  SingularValueDecomposition,
  solve,
} from "ml-matrix";
import type { Case } from "./case.ts";
import type { Contest } from "./contest.ts";
import { engineFactory, runOn, uniform } from "./engine-factory.ts";

/** What ml-matrix does for each operation, as a caller would ask it. */
const theirs: Readonly<Record<string, (a: Matrix, b: Matrix) => unknown>> = {
  solve: (a, b) => solve(a, b),
  inv: (a) => inverse(a),
  cholesky: (a) => new CholeskyDecomposition(a).lowerTriangularMatrix,
  qr(a) {
    const { orthogonalMatrix, upperTriangularMatrix } = new QrDecomposition(a);
    return [orthogonalMatrix, upperTriangularMatrix];
  },
  eigh: (a) => new EigenvalueDecomposition(a, { assumeSymmetric: true }),
  svd: (a) => new SingularValueDecomposition(a),
  eig: (a) => new EigenvalueDecomposition(a),
};

export const isLinearAlgebra = (name: string): boolean => Object.hasOwn(theirs, name);

/** Symmetric with a large diagonal where that is what the operation is for, else at random. */
function operand(name: string, n: number): FloatingArray {
  const a = uniform([n, n], 1);
  if (name !== "cholesky" && name !== "eigh") return a;
  for (let i = 0; i < n; i += 1) {
    for (let j = 0; j < i; j += 1) a.data[j * n + i] = a.data[i * n + j] ?? 0;
    a.data[i * (n + 1)] = n;
  }
  return a;
}

const toMatrix = ({ shape: [m = 0, n = 0], data }: FloatingArray): Matrix =>
  Matrix.from1DArray(m, n, Array.from(data));

export function linearAlgebra({ case: name, n: side, engine, threads }: Case): Contest {
  const n = side ?? 0;
  const setup = { factory: engineFactory(engine), threads };
  const [a, b] = [operand(name, n), uniform([n, 1], 2)];
  const [left, right] = [toMatrix(a), toMatrix(b)];
  const inputs = name === "solve" ? { a, b } : { a };
  const params = name === "svd" ? { full_matrices: false } : {};
  const peer = theirs[name];
  if (!peer) throw new Error(`there is no contest of ${name}`);
  return {
    mine: () => runOn(setup, name, params, inputs),
    other: () => peer(left, right),
    factor: 1,
    // V8 compiles what is hot: small sizes need many calls to get there, on both sides.
    warmUps: Math.max(1, Math.min(300, Math.floor(2 ** 29 / n ** 3))),
    rounds: n > 512 ? 2 : 15,
  };
}
