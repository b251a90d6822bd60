/** What the measurers of compute/model/rates.json share. */
import { readFileSync, writeFileSync } from "node:fs";
import type { EngineFactory } from "@sluice/compute/engines/engine";
import { workUnits } from "@sluice/compute/model/demand";
import type { PlanStep } from "@sluice/compute/model/steps";

const leastSeconds = 0.2;
const leastRuns = 5;
const file = new URL("../../compute/model/rates.json", import.meta.url);

/**
 * CPU seconds of one run, over as many as add up to a readable time. CPU time, because on a shared
 * machine the clock on the wall counts other people's work; many runs, because that clock is coarse.
 */
export function typicalSeconds(work: () => unknown): number {
  work();
  for (let runs = leastRuns; ; runs *= 4) {
    const start = process.threadCpuUsage();
    for (let index = 0; index < runs; index += 1) work();
    const { user, system } = process.threadCpuUsage(start);
    const seconds = (user + system) / 1e6;
    if (seconds >= leastSeconds) return seconds / runs;
  }
}

/** [size, nanoseconds per unit] of work that does all of `steps`, which are of one class and size. */
export function ratePoint(
  steps: readonly PlanStep[],
  factory: EngineFactory,
  work: () => unknown,
): readonly [number, number] {
  const units = steps.reduce((total, step) => total + workUnits(step, factory.profile), 0);
  const measured = [steps[0]?.size ?? 0, (typicalSeconds(work) * 1e9) / units].map((value) =>
    Number(value.toPrecision(4)),
  );
  console.log(steps[0]?.kernel, ...measured);
  return [measured[0] ?? 0, measured[1] ?? 0];
}

/** Lets the caller change what compute/model/rates.json holds. */
// biome-ignore lint/suspicious/noExplicitAny: the file has no type of its own
export function changeRates(change: (rates: any, date: string) => void): void {
  const rates = JSON.parse(readFileSync(file, "utf8"));
  change(rates, new Date().toISOString().slice(0, 10));
  const text = JSON.stringify(rates, null, 2).replace(/\[\s+([\d.]+),\s+([\d.]+)\s+\]/g, "[$1, $2]");
  writeFileSync(file, `${text}\n`);
}
