import { stepSeconds } from "./cost.ts";
import type { OnFraction } from "./engines/engine.ts";
import type { PlanStep } from "./steps.ts";

const ignore: OnFraction = () => {};
/** Reports closer together than this are dropped: a job makes at most 100. */
const smallestChange = 0.01;

/**
 * Turns each step's own fraction into the job's. Steps weigh what the cost model says they take,
 * so that half the progress is about half the time.
 */
export function trackProgress(steps: readonly PlanStep[], onProgress?: OnFraction): () => OnFraction {
  if (!onProgress) return () => ignore;
  const weights = steps.map(stepSeconds);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let next = 0;
  let base = 0;
  let reported = 0;
  return () => {
    const [start, weight] = [base, (weights[next] ?? 0) / total];
    next += 1;
    base += weight;
    return (fraction) => {
      const whole = Math.min(1, start + fraction * weight);
      if (whole < reported + smallestChange) return;
      reported = whole;
      onProgress(whole);
    };
  };
}
