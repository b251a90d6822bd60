import type { Operation } from "../../model/operation.ts";
import { answeringSingle } from "../../model/single-precision.ts";
import { stacked } from "../../model/stack/lift.ts";
import { cond } from "./cond.ts";
import { diagonal, matrixTranspose } from "./diagonal.ts";
import { matrixNorm, vectorNorm } from "./norms.ts";
import { eigvalsh, svdvals } from "./values.ts";

const onStacks = (operation: Operation): Operation => stacked(operation, { a: 2 });

/** What is made of the factorizations of linear-algebra/, and parts of matrices, in the order in which the catalogue shows them. */
export const matrices: readonly Operation[] = [
  ...answeringSingle([...[svdvals, eigvalsh, cond].map(onStacks), matrixNorm, vectorNorm]),
  ...[matrixTranspose, diagonal],
];
