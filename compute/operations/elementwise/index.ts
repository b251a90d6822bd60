import type { Operation } from "../../model/operation.ts";
import { abs } from "./abs.ts";
import { arithmetic } from "./arithmetic.ts";
import { astype } from "./astype.ts";
import { circulars } from "./circular.ts";
import { clip } from "./clip.ts";
import { comparisons, predicates } from "./comparisons.ts";
import { binaryOperation, unaryOperation } from "./define.ts";
import { exponentials } from "./exponential.ts";
import { signs } from "./signs.ts";
import { where } from "./where.ts";

/** What works element by element, in the order in which the catalogue shows it. */
export const elementwise: readonly Operation[] = [
  ...[...arithmetic, ...comparisons].map(binaryOperation),
  abs,
  ...[...signs, ...exponentials, ...circulars, ...predicates].map(unaryOperation),
  clip,
  where,
  astype,
];
