import { availableParallelism } from "node:os";
import { type Arrays, type Plan, plan, random } from "@sluice/compute";
import type { Engine, EngineFactory } from "@sluice/compute/engines/engine";
import { engines } from "@sluice/compute/engines/index";
import { peakBytes as peakBytesOn } from "@sluice/compute/model/demand";
import { findOperation, operations } from "@sluice/compute/model/registry";
import { offerNative } from "@sluice/compute/node/native/index";
import { openThreads } from "@sluice/compute/node/thread-pool";
import type { FloatingArray } from "@sluice/contract/array";

/** What `run()` does, on an engine and a number of threads of the caller's choice. */

const nativeMissing = offerNative(import.meta.filename);

/** Why this engine cannot be measured here; undefined where it can. */
export function engineAbsence(name: string): string | undefined {
  const { factories, refused } = engines();
  if (factories.some(({ label }) => label.name === name)) return undefined;
  if (name === "native" && nativeMissing !== undefined) {
    return `there is no native engine here: ${nativeMissing}`;
  }
  const reason = refused.find((engine) => engine.name === name)?.reason;
  return reason === undefined
    ? `there is no ${name} engine here`
    : `the ${name} engine was refused: ${reason}`;
}

export function operationAbsence(name: string): string | undefined {
  return operations.some((operation) => operation.name === name)
    ? undefined
    : `there is no operation ${name} yet`;
}

export function threadsAbsence(threads: number): string | undefined {
  const cores = availableParallelism();
  return threads <= cores ? undefined : `${threads} threads have ${cores} core here`;
}

/** @throws Error as engineAbsence says */
export function engineFactory(name: string): EngineFactory {
  const factory = engines().factories.find(({ label }) => label.name === name);
  if (!factory) throw new Error(engineAbsence(name));
  return factory;
}

export const kernelOf = (name: string): string => {
  const { version, kernel } = engineFactory(name).label;
  return `${version} ${kernel}`;
};

type Threads = ReturnType<typeof openThreads>;
const pools = new Map<number, Threads>();

/** Opened once per process, as a job's thread does. */
function pool(threads: number): Threads {
  const found =
    pools.get(threads) ?? openThreads(threads, new URL(import.meta.resolve("@sluice/compute/node/worker")));
  pools.set(threads, found);
  return found;
}

/** An engine and the number of threads it runs on. */
export interface EngineSetup {
  readonly factory: EngineFactory;
  readonly threads: number;
}

export function opened({ factory, threads }: EngineSetup, peak: number): Engine {
  return factory.open(() => () => {}, peak, threads > 1 ? pool(threads) : undefined);
}

/** The most bytes that a plan holds on this engine. */
export const peakBytes = ({ factory }: EngineSetup, planned: Plan): number =>
  peakBytesOn(planned, factory.profile);

export function runOn(setup: EngineSetup, operation: string, params: unknown, inputs: Arrays): FloatingArray {
  const planned = plan(operation, params, inputs);
  const engine = opened(setup, peakBytes(setup, planned));
  return engine.finish(findOperation(operation).run(planned.params, inputs, engine)).result as FloatingArray;
}

/** numpy.random.default_rng(seed).random(shape), in no engine's memory: an operand as jobs bring it. */
export const uniform = (shape: readonly number[], seed: number): FloatingArray => random({ shape, seed });
