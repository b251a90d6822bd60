import type { EngineKernel, PlanStep } from "../model/steps.ts";

/** Measured points [size, nanoseconds per unit of work], rising in size. */
export type RateTable = readonly (readonly number[])[];

/** How fast an engine is on one vCPU of the machine that rates.json names. */
export interface EngineRates {
  /** What every job pays, whatever its size. */
  readonly overheadSeconds: number;
  readonly nanoseconds: Readonly<Record<EngineKernel, RateTable>>;
  /** What a second thread adds, as a part of the first: 0.8 makes two threads 1.8 times as fast as one. */
  readonly secondThread: Readonly<Partial<Record<EngineKernel, number>>>;
}

/**
 * What an engine needs and how fast it is: data and pure functions, Node-free. Any machine can price a job for an
 * engine that it cannot run itself: a Lambda without OpenBLAS sizes the tasks that compute with it.
 */
export interface EngineProfile {
  /** The name in the engine's label. */
  readonly name: string;
  readonly rates: EngineRates;
  /** Bytes a step holds at most besides the arrays it reads and writes. */
  scratchBytes(step: PlanStep): number;
  /** The length at which a transform of this length is worked: longer where it has large prime factors. */
  transformLength(length: number): number;
}
