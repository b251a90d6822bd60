import { Problem } from "@sluice/contract/problem";
import { elementwise } from "../operations/elementwise/index.ts";
import { filters } from "../operations/filters/index.ts";
import { fourier } from "../operations/fourier/index.ts";
import { linearAlgebra } from "../operations/linear-algebra/index.ts";
import { matmul } from "../operations/matmul.ts";
import { matrices } from "../operations/matrices/index.ts";
import { order } from "../operations/order/index.ts";
import { products } from "../operations/products/index.ts";
import { programOf } from "../operations/program/index.ts";
import { reductions } from "../operations/reductions/index.ts";
import { shapes } from "../operations/shapes/index.ts";
import { spectralProjection } from "../operations/spectral-projection.ts";
import { transpose } from "../operations/transpose.ts";
import type { Operation } from "./operation.ts";

/** The catalogue, in the order in which it is shown. */
export const operations: readonly Operation[] = [
  spectralProjection,
  ...fourier,
  matmul,
  transpose,
  ...shapes,
  ...elementwise,
  ...reductions,
  ...products,
  ...filters,
  ...order,
  ...linearAlgebra,
  ...matrices,
  programOf((name) => findOperation(name)),
];

/** What a submit without `operation` means. */
export const defaultOperation = spectralProjection.name;

const byName = new Map(
  operations.flatMap((operation) =>
    [operation.name, ...(operation.aliases ?? [])].map((name): [string, Operation] => [name, operation]),
  ),
);

/**
 * By its name or an alias of it.
 * @throws Problem unknown-operation
 */
export function findOperation(name: string): Operation {
  const found = byName.get(name);
  if (found) return found;
  throw new Problem("unknown-operation", `There is no operation ${JSON.stringify(name)}.`, {
    field: "operation",
    expected: `one of ${operations.map((operation) => operation.name).join(", ")}`,
    got: JSON.stringify(name),
  });
}
