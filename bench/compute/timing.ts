import { quantile } from "../quantile.ts";

/** How long a process spends on one case. */
export interface Budget {
  /** V8 compiles what is hot; NumPy gets the same time to settle. */
  readonly warmUpMs: number;
  readonly callsMs: number;
  readonly leastCalls: number;
  readonly mostCalls: number;
}

export const wholeBudget: Budget = { warmUpMs: 200, callsMs: 250, leastCalls: 3, mostCalls: 400 };
export const quickBudget: Budget = { warmUpMs: 200, callsMs: 100, leastCalls: 3, mostCalls: 400 };

export interface Timing {
  readonly ms: number;
  /** The lower quartile. */
  readonly quickMs: number;
}

/** Median and lower quartile of the calls, and the last one's result. */
export function timed<Result>(
  call: () => Result,
  { warmUpMs, callsMs, leastCalls, mostCalls }: Budget,
): Timing & { readonly result: Result } {
  const warm = performance.now() + warmUpMs;
  let result = call();
  while (performance.now() < warm) result = call();
  const times: number[] = [];
  const until = performance.now() + callsMs;
  while (times.length < leastCalls || (performance.now() < until && times.length < mostCalls)) {
    const start = performance.now();
    result = call();
    times.push(performance.now() - start);
  }
  return { ms: quantile(times, 0.5), quickMs: quantile(times, 0.25), result };
}
