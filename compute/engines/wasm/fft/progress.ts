import type { OnFraction } from "../../../model/on-fraction.ts";

/** Spreads one run of work (0 to 1) evenly over so many plan steps, asked for one after another. */
export function acrossSteps(nextStep: () => OnFraction, steps: number): OnFraction {
  let report = nextStep();
  let step = 0;
  return (fraction) => {
    const position = fraction * steps;
    for (; position > step + 1; step += 1) {
      report(1);
      report = nextStep();
    }
    report(position - step);
  };
}
