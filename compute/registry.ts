import { Problem } from "@sluice/contract/problem";
import type { Operation } from "./operation.ts";
import { fft } from "./operations/fft.ts";
import { fft2 } from "./operations/fft2.ts";
import { fftshift } from "./operations/fftshift.ts";
import { ifft } from "./operations/ifft.ts";
import { ifft2 } from "./operations/ifft2.ts";
import { ifftshift } from "./operations/ifftshift.ts";
import { irfft } from "./operations/irfft.ts";
import { irfft2 } from "./operations/irfft2.ts";
import { linearAlgebra } from "./operations/linear-algebra/index.ts";
import { matmul } from "./operations/matmul.ts";
import { rfft } from "./operations/rfft.ts";
import { rfft2 } from "./operations/rfft2.ts";
import { spectralProjection } from "./operations/spectral-projection.ts";

const fourier = [fft2, ifft2, fft, ifft, rfft, irfft, rfft2, irfft2, fftshift, ifftshift];

export const operations: readonly Operation[] = [
  ...[spectralProjection, matmul],
  ...fourier,
  ...linearAlgebra,
];

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
