/** Pure numbers: what a job is (`plan`), what it costs (`predictSeconds`), and doing it (`run`). */
import type { EngineLabel } from "./engines/engine.ts";
import { chosenEngine, engines, type RefusedEngine } from "./engines/index.ts";

export { type CatalogueEntry, catalogue } from "./catalogue.ts";
export { predictSeconds, threadsFor } from "./cost.ts";
export type { EngineLabel, RandomRequest } from "./engines/engine.ts";
export type { Arrays, Operands, Specs } from "./operation.ts";
export { completeParams } from "./params.ts";
export type { Params } from "./parse-params.ts";
export { type Plan, plan } from "./plan.ts";
export { random } from "./random/index.ts";
export { defaultOperation } from "./registry.ts";
export { type RunContext, run } from "./run.ts";
export type { KernelClass, PlanStep } from "./steps.ts";

/** Who does the arithmetic, for the job view. Found out when first read, so that importing costs nothing. */
export const engine: EngineLabel = {
  get name() {
    return chosenEngine().label.name;
  },
  get version() {
    return chosenEngine().label.version;
  },
  get kernel() {
    return chosenEngine().label.kernel;
  },
};

/** Engines that failed their self-test here, for the log. */
export const refusedEngines = (): readonly RefusedEngine[] => engines().refused;
