import { answeringSingle } from "../../model/dtypes/single-precision.ts";
import type { Operation } from "../../model/operation.ts";
import { stacked } from "../../model/stack/lift.ts";
import { cond } from "./cond.ts";
import { diagonal, matrixTranspose } from "./diagonal.ts";
import { matrixNorm, vectorNorm } from "./norms.ts";
import { toeplitz } from "./toeplitz.ts";
import { choFactor, choSolve, solveTriangular } from "./triangular.ts";
import { eigvalsh, svdvals } from "./values.ts";

const onStacks = (operation: Operation): Operation => stacked(operation, { a: 2 });
/** As of `solve`: only b of one axis is a vector. */
const b = ({ shape }: { readonly shape: readonly number[] }): number => Math.min(2, shape.length);

/** What is made of the factorizations of linear-algebra/, and parts of matrices, in the order in which the catalogue shows them. */
export const matrices: readonly Operation[] = [
  ...answeringSingle([
    ...[svdvals, eigvalsh, cond].map(onStacks),
    ...[matrixNorm, vectorNorm],
    ...[stacked(solveTriangular, { a: 2, b }), onStacks(choFactor), stacked(choSolve, { c: 2, b })],
  ]),
  ...[matrixTranspose, diagonal, stacked(toeplitz, { c: 1, r: 1 })],
];
