import type { Operation } from "../../model/operation.ts";
import { corrcoef, cov } from "./covariances.ts";
import { dot } from "./dot.ts";
import { gram } from "./gram.ts";
import { kron } from "./kron.ts";
import { outer } from "./outer.ts";

/** Products of arrays, in the order in which the catalogue shows them. */
export const products: readonly Operation[] = [dot, outer, kron, gram, cov, corrcoef];
