import { run } from "@sluice/compute";
import type { FloatingArray } from "@sluice/contract/array";
import type { Target } from "@sluice/contract/job";
import { dataBytes, npyHeader } from "@sluice/contract/npy";
import { Problem } from "@sluice/contract/problem";
import { jobIdsOf, newBatchId } from "../../../jobs/batches/batch-id.ts";
import { idForKey } from "../../../jobs/ids.ts";
import type { Compute } from "../../../jobs/ports.ts";
import { limits } from "../../../jobs/timing.ts";
import type { Adversary } from "./adversary.ts";
import type { Chance } from "./chance.ts";
import type { Clock } from "./clock.ts";
import { currentJob } from "./log.ts";
import { current, never } from "./machine.ts";

/** How a job of the workload behaves when it is left in peace. */
export const kinds = [
  "small",
  "large",
  "slow on Lambda",
  "lies about memory",
  "too large for any task",
  "fails numerically",
  "crashes",
  "overruns its deadline",
] as const;
export type Kind = (typeof kinds)[number];

/** One job to come: what is asked for, how it behaves, and what must come of it. */
export interface Script {
  readonly kind: Kind;
  readonly key: string;
  readonly owner: string;
  readonly body: Record<string, unknown>;
  readonly target: Target | "auto";
  /** The route's answer for a matrix that is larger than ours: it is tiny, to be quick. */
  readonly size: { readonly vcpu: number; readonly memoryMiB: number } | undefined;
  readonly seconds: number;
  readonly needsMiB: number;
  readonly politeOutOfMemory: boolean;
  /** Its caller waits for it, so that submit may compute it at once. */
  readonly waits: boolean;
  /** It comes as a batch. */
  readonly batched: boolean;
  /** The job whose output it takes, which may have yet to make it. */
  readonly parent: Script | undefined;
  /** Its result, from the same operation run directly, and that as a file. */
  readonly result: FloatingArray;
  readonly expected: Buffer;
}

/** Three of them share a stage; a job takes outputs of its own owner's jobs only. */
const owners = 3;
/** How many take the output of another. */
const chained = 0.2;

/** They need the memory that their plan says. */
const honest: ReadonlySet<Kind> = new Set(["small", "fails numerically", "crashes"]);

const sizes = [
  { vcpu: 1, memoryMiB: 2048 },
  { vcpu: 1, memoryMiB: 4096 },
  { vcpu: 2, memoryMiB: 8192 },
  { vcpu: 4, memoryMiB: 16_384 },
] as const;

/** Its job's id, by which everybody knows it before it is made. */
export function jobIdOf({ owner, key, batched }: Pick<Script, "owner" | "key" | "batched">): string {
  return batched ? (jobIdsOf(newBatchId(owner, 1, key))[0] as string) : idForKey(owner, key);
}

/** The job after these, and its oracle. */
export function script(earlier: readonly Script[], chance: Chance): Script {
  const number = earlier.length;
  const owner = `owner-${number % owners}`;
  const kind = chance.hit(0.25) ? chance.pick(kinds) : chance.pick(["small", "small", "large"] as const);
  const large = kind === "large" || (kind !== "small" && kind !== "slow on Lambda" && chance.hit(0.5));
  const size = large ? chance.pick(sizes) : undefined;
  const mine = earlier.filter((other) => other.owner === owner);
  const parent = mine.length > 0 && chance.hit(chained) ? chance.pick(mine) : undefined;
  const operation = chance.pick(["fft2", "matmul", parent ? "fft2" : "spectral-projection"] as const);
  const side = chance.between(1, 4);
  const matrix = () =>
    Array.from({ length: side }, () => Array.from({ length: side }, () => chance.between(-9, 9)));
  const inputs: Record<string, unknown> = {
    a: parent ? { job: jobIdOf(parent) } : { data: matrix() },
  };
  const inner = parent ? (parent.result.shape[1] ?? 1) : side;
  if (operation === "matmul") inputs.b = { random: { shape: [inner, 2], seed: number } };
  const params = operation === "spectral-projection" ? { seed: number, columns: 2 } : {};
  const onlyLambda = kind === "small" && chance.hit(0.2);
  const target = large ? "fargate" : onlyLambda ? "lambda" : "auto";
  const overruns = kind === "overruns its deadline";
  const maxSeconds = overruns
    ? chance.between(20, 150)
    : chance.hit(0.05)
      ? chance.between(60, 900)
      : undefined;
  const memoryMiB = size?.memoryMiB ?? 1769;
  const seconds = secondsOf(kind, large, maxSeconds ?? 0, chance);
  const result = oracle(operation, params, inputs, parent);
  // As short as submit takes them. What it takes has a plan that is true: a catalogue's tests measure theirs.
  const waits = honest.has(kind) && !large && seconds < limits.blockingSeconds && chance.hit(0.6);
  return {
    kind,
    key: `job-${number}`,
    owner,
    parent,
    body: { operation, params, inputs, target, ...(maxSeconds === undefined ? {} : { maxSeconds }) },
    target,
    size,
    seconds,
    needsMiB: needOf(kind, memoryMiB, chance),
    politeOutOfMemory: chance.hit(0.5),
    waits,
    // Not drawn: what the other draws of a seed bring stays as it was.
    batched: !waits && !large && number % 3 === 1,
    result,
    expected: npy(result),
  };
}

function secondsOf(kind: Kind, large: boolean, maxSeconds: number, chance: Chance): number {
  if (kind === "overruns its deadline") return maxSeconds + chance.between(5, 600);
  if (kind === "slow on Lambda") return chance.between(116, 180);
  return large ? chance.spread(5, 150) : chance.spread(1, 20_000) / 1000;
}

function needOf(kind: Kind, memoryMiB: number, chance: Chance): number {
  if (kind === "too large for any task") return 200_000;
  return kind === "lies about memory" ? Math.round(memoryMiB * (1.1 + 3 * chance.next())) : 1;
}

function oracle(
  operation: string,
  params: object,
  inputs: Record<string, unknown>,
  parent: Script | undefined,
): FloatingArray {
  const arrays = Object.entries(inputs).map(([name, ref]) => {
    if (parent && name === "a") return [name, parent.result] as const;
    const { data, random } = ref as { data?: number[][]; random?: { shape: number[]; seed: number } };
    if (random) return [name, { ...random, dtype: "float64" }] as const;
    const rows = data ?? [];
    const shape = [rows.length, rows[0]?.length ?? 0];
    return [name, { shape, dtype: "float64", data: Float64Array.from(rows.flat()) }] as const;
  });
  const { result } = run(operation, params, Object.fromEntries(arrays) as never);
  return result as FloatingArray;
}

function npy(array: FloatingArray): Buffer {
  return Buffer.concat([npyHeader(array), dataBytes(array)]);
}

/** The engine of every machine: takes the time, needs the memory and fails as the job's script says. */
export function simulatedCompute(
  clock: Clock,
  adversary: Adversary,
  scriptOf: (jobId: string) => Script,
): Compute {
  return async (work, { signal, onProgress, blockAtMost }) => {
    const machine = current();
    const jobId = currentJob();
    if (!machine || jobId === undefined) throw new Error("a computation runs on a machine, for a job");
    const { kind, seconds, needsMiB, politeOutOfMemory } = scriptOf(jobId);
    if (blockAtMost !== undefined && adversary.strikes("express outlasts its time", jobId)) {
      await lasting(clock, blockAtMost, signal);
      throw new Error(`the computation took longer than ${blockAtMost} ms`);
    }
    await lasting(clock, seconds * 400, signal);
    onProgress(0.4);
    if (needsMiB > machine.memoryMiB) {
      if (politeOutOfMemory) throw new RangeError("Array buffer allocation failed");
      machine.outOfMemory();
      return never();
    }
    if (kind === "crashes") throw new TypeError("undefined is not a function");
    if (kind === "fails numerically") throw new Problem("compute-failed", "the matrix is singular");
    await lasting(clock, seconds * 600, signal);
    return run(work.operation, work.params, work.inputs as never);
  };
}

function lasting(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(milliseconds, resolve);
    const stop = () => {
      timer.action = undefined;
      reject(signal.reason);
    };
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}
