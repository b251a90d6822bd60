import { callOf } from "./calls.ts";
import type { Case } from "./case.ts";
import { type Digest, digest } from "./digest.ts";
import { type Budget, type Timing, timed } from "./timing.ts";

/** One process of ours: the cases of the argument, timed one after the other. Prints one JSON line per case. */
export interface Request {
  readonly cases: readonly Case[];
  readonly budget: Budget;
}

export type Answer = Timing & Digest;

if (import.meta.main) {
  const { cases, budget } = JSON.parse(process.argv[2] ?? "") as Request;
  for (const one of cases) {
    const { result, ...timing } = timed(callOf(one), budget);
    console.log(JSON.stringify({ ...timing, ...digest(result) } satisfies Answer));
  }
}
