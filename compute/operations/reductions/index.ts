import { answeringSingle } from "../../model/dtypes/single-precision.ts";
import type { Operation } from "../../model/operation.ts";
import { argmax, argmin } from "./arg-extremes.ts";
import { cumsum } from "./cumsum.ts";
import { std, variance } from "./deviations.ts";
import { all, any, max, min, prod, sum } from "./folds.ts";
import { mean } from "./mean.ts";
import { trace } from "./trace.ts";

/** What takes many elements into one, in the order in which the catalogue shows it. */
export const reductions: readonly Operation[] = [
  sum,
  prod,
  mean,
  ...answeringSingle([std, variance]),
  min,
  max,
  any,
  all,
  argmin,
  argmax,
  cumsum,
  trace,
];
