import type { EngineFactory } from "./engine.ts";
import { reference } from "./reference/index.ts";
import { wasmFactory } from "./wasm/index.ts";

/** An engine that was there but not fit to use, and why. */
export interface RefusedEngine {
  readonly name: string;
  readonly reason: string;
}

export interface EngineTable {
  /** Fastest first; the last is `reference`. All of them passed their self-test. */
  readonly factories: readonly EngineFactory[];
  readonly refused: readonly RefusedEngine[];
}

export interface Candidate {
  readonly name: string;
  /** @throws Error when it fails its self-test */
  readonly factory: () => EngineFactory;
}

/** Fastest first. */
const candidates: Candidate[] = [{ name: "wasm", factory: wasmFactory }];

let table: EngineTable | undefined;

/**
 * One engine more, faster than those known here: how compute/node brings what needs Node.
 * @throws Error once the engines have been asked for, as plans were then made for another one
 */
export function offerEngine(candidate: Candidate): void {
  if (table) throw new Error(`the engine ${candidate.name} is offered too late: one was already chosen`);
  candidates.unshift(candidate);
}

function findEngines(): EngineTable {
  const factories: EngineFactory[] = [];
  const refused: RefusedEngine[] = [];
  for (const { name, factory } of candidates) {
    try {
      factories.push(factory());
    } catch (error) {
      refused.push({ name, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return { factories: [...factories, reference], refused };
}

/** The engines of this machine, tested when first asked for. */
export function engines(): EngineTable {
  table ??= findEngines();
  return table;
}

/** The engine of this thread: the fastest that passes its self-test here. */
export function chosenEngine(): EngineFactory {
  return engines().factories[0];
}
