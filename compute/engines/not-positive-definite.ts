import { Problem } from "@sluice/contract/problem";

/** Every engine's words for it. `order` counts from 1, as LAPACK's info. */
export function notPositiveDefinite(order: number): Problem {
  return new Problem(
    "not-positive-definite",
    `inputs.a is not positive definite: its leading block of order ${order} is not.`,
    { field: "inputs.a", expected: "a positive definite matrix" },
  );
}
