import type { EngineProfile, RateTable } from "../engines/profile.ts";
import { leastParallel } from "../engines/threads.ts";
import { log } from "../math/logarithm.ts";
import type { Plan } from "./plan.ts";
import rates from "./rates.json" with { type: "json" };
import { isFactorization, type LineKind, type LoopKernel, type PlanStep } from "./steps.ts";

/** What a plan asks of a machine that runs it on one engine. */
export interface Demand {
  /** Of the arithmetic and the first touch of its memory. */
  readonly seconds: number;
  /** Most bytes of arrays and engine scratch at once. */
  readonly peakBytes: number;
}

/** One table for all engines: they share these loops. */
const loopRates: Readonly<Record<LoopKernel, RateTable>> = rates.loops.nanoseconds;
const lineRates: Readonly<Record<LineKind, number>> = rates.loops.nanosecondsPerLine;
const isLoop = (kernel: PlanStep["kernel"]): kernel is LoopKernel => Object.hasOwn(loopRates, kernel);

/** What one step costs in its kernel's own unit, which rates.json has nanoseconds for. */
export function workUnits(
  { kernel, size, flops, bytes }: PlanStep,
  { transformLength }: Pick<EngineProfile, "transformLength">,
): number {
  if (isFactorization(kernel)) return flops;
  switch (kernel) {
    case "matmul":
    case "fft-power-of-two":
    case "transcendental":
    case "sort":
    case "convolve":
      return flops;
    case "fft-any-length":
      // Where a length is padded, as by Bluestein's method, those just past a power of two cost twice as much.
      return (flops / size) * transformLength(size);
    default:
      return bytes;
  }
}

/** Linear in log size between the measured points, flat beyond them. */
function interpolate(table: RateTable, size: number): number {
  const next = table.findIndex(([at]) => at >= size);
  if (next === 0) return table[0][1];
  if (next === -1) return table[table.length - 1][1];
  const [[lowSize, low], [highSize, high]] = [table[next - 1], table[next]];
  const share = log(size / lowSize) / log(highSize / lowSize);
  return low + share * (high - low);
}

/** Seconds of one step on one whole vCPU, done once. */
function onceSeconds(step: PlanStep, profile: EngineProfile): number {
  const { kernel } = step;
  const table = isLoop(kernel) ? loopRates[kernel] : profile.rates.nanoseconds[kernel];
  const numbers = workUnits(step, profile) * interpolate(table, step.size);
  // Few flops for each byte, as of 2×10⁶ by 10⁶×2: memory sets the pace.
  const least = kernel === "matmul" ? step.bytes * rates.loops.nanosecondsPerByteOfMemory : 0;
  const lines = step.lines ? step.lines.count * lineRates[step.lines.kind] : 0;
  return (Math.max(numbers, least) + lines) / 1e9;
}

/** Seconds of one step on one whole vCPU. */
export const stepSeconds = (step: PlanStep, profile: EngineProfile): number =>
  onceSeconds(step, profile) * (step.times ?? 1);

/** Threads a job computes on: one for each whole vCPU. */
export const threadsFor = (vcpu: number): number => Math.max(1, Math.floor(vcpu));

/** Seconds of one step on so many threads. Each further one is taken to add what the second was measured to add. */
function sharedSeconds(step: PlanStep, profile: EngineProfile, threads: number): number {
  const alone = stepSeconds(step, profile);
  const { kernel, times = 1 } = step;
  // Loops that all engines share run on the calling thread, as do the small matrices of a stack, one by one.
  if (threads === 1 || isLoop(kernel) || (alone / times) * 1e9 < leastParallel) return alone;
  const gain = profile.rates.secondThread[kernel] ?? 0;
  return alone / (1 + (threads - 1) * gain);
}

/** Most bytes alive at once on this engine: arrays, and what the engine holds besides. */
export function peakBytes({ steps }: Pick<Plan, "steps">, { scratchBytes }: EngineProfile): number {
  return steps.reduce((peak, step) => Math.max(peak, step.live + scratchBytes(step)), 0);
}

/**
 * What a plan takes on one engine. Pure: the profile says all that is known of the engine.
 *
 * Seconds are those of the arithmetic, from measured rates, and of the first touch of its memory: 13 µs a page on a
 * virtual machine, more than the arithmetic of most jobs. One thread for each whole vCPU shares the arithmetic; less
 * than one vCPU stretches everything. Reading and writing arrays, and starting a machine or a thread, are not in it.
 */
export function demand(plan: Pick<Plan, "steps">, profile: EngineProfile, vcpu: number): Demand {
  const threads = threadsFor(vcpu);
  const peak = peakBytes(plan, profile);
  const touching = (peak * rates.firstTouch.nanosecondsPerByte) / 1e9;
  const seconds = plan.steps.reduce(
    (total, step) => total + sharedSeconds(step, profile, threads),
    profile.rates.overheadSeconds + touching,
  );
  return { seconds: seconds / Math.min(1, vcpu), peakBytes: peak };
}
