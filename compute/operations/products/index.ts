import { inCommonDtype } from "../../model/dtypes/common-dtype.ts";
import type { Operation } from "../../model/operation.ts";
import { corrcoef, cov } from "./covariances.ts";
import { cross } from "./cross.ts";
import { dot } from "./dot.ts";
import { einsum } from "./einsum.ts";
import { gram } from "./gram.ts";
import { kron } from "./kron.ts";
import { multiDot } from "./multi-dot.ts";
import { outer } from "./outer.ts";
import { inner, tensordot } from "./tensordot.ts";
import { vdot, vecdot } from "./vecdot.ts";
import { matvec, vecmat } from "./vector-products.ts";

/** Products of arrays, in the order in which the catalogue shows them. */
export const products: readonly Operation[] = [
  ...[dot, inner, vdot, vecdot, matvec, vecmat, tensordot].map(inCommonDtype),
  ...[einsum, multiDot, cross],
  ...[outer, kron].map(inCommonDtype),
  ...[gram, cov, corrcoef],
];
