import type { Operation } from "../../model/operation.ts";
import { abs } from "./abs.ts";
import { add, divide, multiply, power, subtract } from "./arithmetic.ts";
import { astype } from "./astype.ts";
import { clip } from "./clip.ts";
import { cos, exp, log, sin, sqrt, tanh } from "./functions.ts";
import { where } from "./where.ts";

/** What works element by element, in the order in which the catalogue shows it. */
export const elementwise: readonly Operation[] = [
  add,
  subtract,
  multiply,
  divide,
  power,
  abs,
  exp,
  log,
  sqrt,
  sin,
  cos,
  tanh,
  clip,
  where,
  astype,
];
