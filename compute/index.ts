/** Pure numbers: what a job is (`plan`), what it takes on an engine (`demand`), and doing it (`run`). */
import type { EngineLabel } from "./engines/engine.ts";
import { chosenEngine, engines, type RefusedEngine } from "./engines/index.ts";

export type { EngineLabel, RandomRequest } from "./engines/engine.ts";
export { type EngineProfile, profiles } from "./engines/profiles.ts";
export { type CatalogueEntry, catalogue } from "./model/catalogue.ts";
export { type Demand, demand, threadsFor } from "./model/demand.ts";
export { mostTimes } from "./model/most-times.ts";
export type { Arrays, Operands, Specs } from "./model/operation.ts";
export { completeParams } from "./model/params.ts";
export type { Params } from "./model/parse-params.ts";
export { type Plan, plan } from "./model/plan.ts";
export { defaultOperation } from "./model/registry.ts";
export { type RunContext, run } from "./model/run.ts";
export type { KernelClass, PlanStep } from "./model/steps.ts";
export { random } from "./random/index.ts";

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
