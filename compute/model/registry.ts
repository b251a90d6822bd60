import { Problem } from "@sluice/contract/problem";
import { abs } from "../operations/elementwise/abs.ts";
import { add, divide, multiply, power, subtract } from "../operations/elementwise/arithmetic.ts";
import { clip } from "../operations/elementwise/clip.ts";
import { cos, exp, log, sin, sqrt, tanh } from "../operations/elementwise/functions.ts";
import { where } from "../operations/elementwise/where.ts";
import { convolve2d, correlate2d } from "../operations/filters/convolutions.ts";
import { fft } from "../operations/fourier/fft.ts";
import { fft2 } from "../operations/fourier/fft2.ts";
import { fftshift } from "../operations/fourier/fftshift.ts";
import { ifft } from "../operations/fourier/ifft.ts";
import { ifft2 } from "../operations/fourier/ifft2.ts";
import { ifftshift } from "../operations/fourier/ifftshift.ts";
import { irfft } from "../operations/fourier/irfft.ts";
import { irfft2 } from "../operations/fourier/irfft2.ts";
import { rfft } from "../operations/fourier/rfft.ts";
import { rfft2 } from "../operations/fourier/rfft2.ts";
import { linearAlgebra } from "../operations/linear-algebra/index.ts";
import { matmul } from "../operations/matmul.ts";
import { histogram } from "../operations/order/histogram.ts";
import { percentile } from "../operations/order/percentile.ts";
import { sort } from "../operations/order/sort.ts";
import { corrcoef, cov } from "../operations/products/covariances.ts";
import { dot } from "../operations/products/dot.ts";
import { gram } from "../operations/products/gram.ts";
import { kron } from "../operations/products/kron.ts";
import { outer } from "../operations/products/outer.ts";
import { programOf } from "../operations/program/index.ts";
import { argmax, argmin } from "../operations/reductions/arg-extremes.ts";
import { cumsum } from "../operations/reductions/cumsum.ts";
import { std, variance } from "../operations/reductions/deviations.ts";
import { max, min, prod, sum } from "../operations/reductions/folds.ts";
import { mean } from "../operations/reductions/mean.ts";
import { trace } from "../operations/reductions/trace.ts";
import { spectralProjection } from "../operations/spectral-projection.ts";
import { transpose } from "../operations/transpose.ts";
import type { Operation } from "./operation.ts";

const fourier = [fft2, ifft2, fft, ifft, rfft, irfft, rfft2, irfft2, fftshift, ifftshift];
const elementwise = [
  add,
  subtract,
  multiply,
  divide,
  power,
  abs,
  exp,
  log,
  sqrt,
  sin,
  cos,
  tanh,
  clip,
  where,
];
const reductions = [sum, prod, mean, std, variance, min, max, argmin, argmax, cumsum, trace];
const products = [dot, outer, kron, gram, cov, corrcoef];
const others = [convolve2d, correlate2d, histogram, percentile, sort];

/** The catalogue, in the order in which it is shown. */
export const operations: readonly Operation[] = [
  spectralProjection,
  ...fourier,
  matmul,
  transpose,
  ...elementwise,
  ...reductions,
  ...products,
  ...others,
  ...linearAlgebra,
  programOf((name) => findOperation(name)),
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
