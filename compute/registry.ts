import { Problem } from "@sluice/contract/problem";
import type { Operation } from "./operation.ts";
import { fft2 } from "./operations/fft2.ts";
import { linearAlgebra } from "./operations/linear-algebra/index.ts";
import { matmul } from "./operations/matmul.ts";
import { spectralProjection } from "./operations/spectral-projection.ts";

export const operations: readonly Operation[] = [spectralProjection, fft2, matmul, ...linearAlgebra];

/** What a submit without `operation` means. */
export const defaultOperation = spectralProjection.name;

/** @throws Problem unknown-operation */
export function findOperation(name: string): Operation {
  const found = operations.find((operation) => operation.name === name);
  if (found) return found;
  throw new Problem("unknown-operation", `There is no operation ${JSON.stringify(name)}.`, {
    field: "operation",
    expected: `one of ${operations.map((operation) => operation.name).join(", ")}`,
    got: JSON.stringify(name),
  });
}
