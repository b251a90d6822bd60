import type { Operation } from "../../operation.ts";
import { cholesky } from "./cholesky.ts";
import { det, slogdet } from "./determinant.ts";
import { inv } from "./inv.ts";
import { lu } from "./lu.ts";
import { qr } from "./qr.ts";
import { solve } from "./solve.ts";

/** In the order in which the catalogue shows them. */
export const linearAlgebra: readonly Operation[] = [solve, inv, det, slogdet, cholesky, qr, lu];
