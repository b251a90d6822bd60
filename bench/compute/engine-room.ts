import { type Arrays, type Operands, plan, random } from "@sluice/compute";
import type { Engine, EngineRoom } from "@sluice/compute/engines/engine";
import { engines } from "@sluice/compute/engines/index";
import { findOperation, operations } from "@sluice/compute/registry";
import type { DenseArray } from "@sluice/contract/array";

/** `run()` on an engine and a number of threads of the caller's choice. */

/** Why this engine cannot be measured here; undefined where it can. */
export function engineAbsence(name: string): string | undefined {
  const { rooms, refused } = engines();
  if (rooms.some(({ label }) => label.name === name)) return undefined;
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
  return threads === 1 ? undefined : "run() takes no crew of threads yet";
}

/** @throws Error as engineAbsence says */
export function engineRoom(name: string): EngineRoom {
  const room = engines().rooms.find(({ label }) => label.name === name);
  if (!room) throw new Error(engineAbsence(name));
  return room;
}

export const kernelOf = (name: string): string => {
  const { version, kernel } = engineRoom(name).label;
  return `${version} ${kernel}`;
};

export function opened(room: EngineRoom, peakBytes: number): Engine {
  return room.open(() => () => {}, peakBytes);
}

export function runOn(room: EngineRoom, operation: string, params: unknown, inputs: Arrays): DenseArray {
  const { params: settled, peakBytes } = plan(operation, params, inputs as Operands);
  const engine = opened(room, peakBytes);
  return engine.finish(findOperation(operation).run(settled, inputs, engine)).result as DenseArray;
}

/** numpy.random.default_rng(seed).random(shape), in no engine's memory: an operand as jobs bring it. */
export const uniform = (shape: readonly number[], seed: number): DenseArray => random({ shape, seed });
