import type { EngineProfile } from "../engines/profile.ts";
import { stepSeconds } from "./demand.ts";
import type { OnFraction } from "./on-fraction.ts";
import type { PlanStep } from "./steps.ts";

const ignore: OnFraction = () => {};
/** Reports closer together than this are dropped (but for the last): a job makes some 100. */
const smallestChange = 0.01;

/**
 * Turns each step's own fraction into the job's. Steps weigh what they are predicted to take on this engine,
 * so that half the progress is about half the time.
 */
export function trackProgress(
  steps: readonly PlanStep[],
  profile: EngineProfile,
  onProgress?: OnFraction,
): () => OnFraction {
  if (!onProgress) return () => ignore;
  const weights = steps.map((step) => stepSeconds(step, profile));
  // Work on empty arrays weighs nothing.
  const total = weights.reduce((sum, weight) => sum + weight, 0) || 1;
  let next = 0;
  let base = 0;
  let reported = 0;
  /** While the steps of a stack are done in turns, the stack alone reports. */
  let inStack = false;
  return () => {
    if (inStack) return ignore;
    const { together } = steps[next] ?? {};
    const end = next + (together ?? 1);
    const [start, weight] = [base, weights.slice(next, end).reduce((sum, one) => sum + one, 0) / total];
    next = end;
    base += weight;
    inStack = together !== undefined;
    return (fraction) => {
      if (together !== undefined && fraction === 1) inStack = false;
      // The weights add up to 1 but for rounding, which must not keep the end from being reported.
      const isEnd = fraction === 1 && next === steps.length;
      const whole = isEnd ? 1 : Math.min(1, start + fraction * weight);
      const isLast = whole === 1 && reported < 1;
      if (whole < reported + smallestChange && !isLast) return;
      reported = whole;
      onProgress(whole);
    };
  };
}
