import { chosenEngine } from "../engines/index.ts";
import { leastParallel } from "../engines/threads.ts";
import type { Plan } from "./plan.ts";
import rates from "./rates.json" with { type: "json" };
import { type EngineKernel, isFactorization, type LoopKernel, type PlanStep } from "./steps.ts";

/** Measured points [size, nanoseconds per unit of work], rising in size. */
type RateTable = readonly (readonly number[])[];

type Rates = {
  readonly overheadSeconds: number;
  readonly nanoseconds: Record<EngineKernel, RateTable>;
  /** What a second thread adds, as a part of the first: 0.8 makes two threads 1.8 times as fast as one. */
  readonly secondThread: Partial<Record<EngineKernel, number>>;
};

/** One table for all engines: they share these loops. */
const loopRates: Readonly<Record<LoopKernel, RateTable>> = rates.loops.nanoseconds;
const isLoop = (kernel: PlanStep["kernel"]): kernel is LoopKernel => Object.hasOwn(loopRates, kernel);

const { wasm, native } = rates.engines;
const measured: Readonly<Record<string, Rates>> = {
  ...rates.engines,
  // But for matrix products and factorizations it is wasm.
  native: {
    ...native,
    nanoseconds: { ...wasm.nanoseconds, ...native.nanoseconds },
    secondThread: { ...wasm.secondThread, ...native.secondThread },
  },
};

/** An engine nobody has measured yet is taken for the slowest. */
const ratesOf = (engine: string): Rates => measured[engine] ?? rates.engines.reference;

/** What one step costs in its kernel's own unit, which rates.json has nanoseconds for. */
export function workUnits({ kernel, size, flops, bytes }: PlanStep, factory = chosenEngine()): number {
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
      return (flops / size) * factory.transformLength(size);
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
  const share = Math.log(size / lowSize) / Math.log(highSize / lowSize);
  return low + share * (high - low);
}

/** Seconds of one step on one whole vCPU, by the engine of this name. */
export function stepSeconds(step: PlanStep, engine = chosenEngine().label.name): number {
  const factory = chosenEngine();
  const { kernel } = step;
  const table = isLoop(kernel) ? loopRates[kernel] : ratesOf(engine).nanoseconds[kernel];
  return (workUnits(step, factory) * interpolate(table, step.size)) / 1e9;
}

/** Threads a job computes on: one for each whole vCPU. */
export const threadsFor = (vcpu: number): number => Math.max(1, Math.floor(vcpu));

/** Seconds of one step on so many threads. Each further one is taken to add what the second was measured to add. */
function sharedSeconds(step: PlanStep, engine: string, threads: number): number {
  const alone = stepSeconds(step, engine);
  const { kernel } = step;
  // Loops that all engines share run on the calling thread.
  if (threads === 1 || isLoop(kernel) || alone * 1e9 < leastParallel) return alone;
  const gain = ratesOf(engine).secondThread[kernel] ?? 0;
  return alone / (1 + (threads - 1) * gain);
}

/**
 * Seconds the arithmetic of a plan takes, from rates measured on an engine, and the first touch of
 * its memory: 13 µs a page on a virtual machine, more than the arithmetic of most jobs. One thread for each whole
 * vCPU shares the arithmetic; less than one vCPU stretches everything. Reading and writing arrays, and
 * starting a machine or a thread, are not in it.
 * @param machine.engine the name of the one that will run it; the one chosen here when absent
 */
export function predictSeconds(
  { steps, peakBytes }: Pick<Plan, "steps" | "peakBytes">,
  { vcpu, engine = chosenEngine().label.name }: { vcpu: number; engine?: string },
): number {
  const { overheadSeconds } = ratesOf(engine);
  const threads = threadsFor(vcpu);
  const touching = (peakBytes * rates.firstTouch.nanosecondsPerByte) / 1e9;
  const seconds = steps.reduce(
    (total, step) => total + sharedSeconds(step, engine, threads),
    overheadSeconds + touching,
  );
  return seconds / Math.min(1, vcpu);
}
