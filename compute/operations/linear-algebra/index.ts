import { answeringSingle } from "../../model/dtypes/single-precision.ts";
import type { Operation } from "../../model/operation.ts";
import { stacked } from "../../model/stack/lift.ts";
import { cholesky } from "./cholesky.ts";
import { det, slogdet } from "./determinant.ts";
import { eig, eigvals } from "./eig.ts";
import { eigh } from "./eigh.ts";
import { expm } from "./expm.ts";
import { inv } from "./inv.ts";
import { lstsq, matrixRank, pinv } from "./least-squares.ts";
import { lu } from "./lu.ts";
import { matrixPower } from "./matrix-power.ts";
import { norm } from "./norm.ts";
import { qr } from "./qr.ts";
import { solve } from "./solve.ts";
import { svd } from "./svd.ts";

const onStacks = (operation: Operation): Operation => stacked(operation, { a: 2 });

/** NumPy 2's rule: only b of one axis is a vector, whatever a is a stack of. */
const solveStacks = stacked(solve, { a: 2, b: ({ shape }) => Math.min(2, shape.length) });

/** In the order in which the catalogue shows them. lstsq takes one matrix, as NumPy's does; norm finds its stacks itself. */
export const linearAlgebra: readonly Operation[] = answeringSingle([
  ...[solveStacks, ...[inv, det, slogdet].map(onStacks), norm],
  ...[cholesky, qr, lu, svd, eigh, eig, eigvals].map(onStacks),
  ...[lstsq, ...[pinv, matrixRank, matrixPower, expm].map(onStacks)],
]);
