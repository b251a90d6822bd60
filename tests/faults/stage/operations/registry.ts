import { Problem } from "@sluice/contract/problem";
import type { Operation } from "../../../../compute/model/operation.ts";
import { operations as product } from "../../../../compute/model/registry.ts";
import { crash } from "./crash.ts";
import { hog } from "./hog.ts";
import { spin } from "./spin.ts";

/** Stands in for compute/model/registry.ts in the bundles of a test stage: see bundles.ts. */
export const operations: readonly Operation[] = [...product, spin, hog, crash];

export { defaultOperation } from "../../../../compute/model/registry.ts";

/** @throws Problem unknown-operation */
export function findOperation(name: string): Operation {
  const found = operations.find((operation) => operation.name === name);
  if (found) return found;
  throw new Problem("unknown-operation", `There is no operation ${JSON.stringify(name)}.`);
}
