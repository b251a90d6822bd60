import type { Operation } from "../../model/operation.ts";
import { answeringSingle } from "../../model/single-precision.ts";
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

/** In the order in which the catalogue shows them. */
export const linearAlgebra: readonly Operation[] = answeringSingle([
  ...[solve, inv, det, slogdet, norm],
  ...[cholesky, qr, lu, svd, eigh, eig, eigvals],
  ...[lstsq, pinv, matrixRank, matrixPower, expm],
]);
