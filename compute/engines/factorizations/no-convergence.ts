import { Problem } from "@sluice/contract/problem";

/** Which of how many could not be found. */
export function noConvergence(what: "eigenvalue" | "singular value", which: number, of: number): Problem {
  return new Problem(
    "no-convergence",
    `The iteration for ${what} ${which} of ${of} of inputs.a did not converge.`,
    { field: "inputs.a" },
  );
}
