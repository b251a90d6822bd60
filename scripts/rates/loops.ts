/**
 * Measures the loops that all engines share and writes their table in compute/model/rates.json, which
 * demand() reads. On a machine with little else to do, about a minute:
 *
 *     npx node scripts/rates/loops.ts "x86-64, Zen 4, 2 vCPU"
 */
import { type Arrays, plan, random } from "@sluice/compute";
import { chosenEngine } from "@sluice/compute/engines/index";
import { findOperation } from "@sluice/compute/model/registry";
import type { LineKind, LoopKernel } from "@sluice/compute/model/steps";
import type { FloatingArray } from "@sluice/contract/array";
import { changeRates, ratePoint, typicalSeconds } from "./points.ts";

const [, , machine = "unnamed"] = process.argv;
const factory = chosenEngine();
const engine = factory.open(() => () => {}, 2 ** 28);
const matrix = (rows: number, columns: number): FloatingArray => random({ shape: [rows, columns], seed: 1 });

interface Job {
  readonly operation: string;
  readonly params?: unknown;
  readonly inputs: Arrays;
}

/** One point of a kernel, from operations that do nothing else that takes time. */
function point(kernel: LoopKernel, jobs: readonly Job[]): readonly [number, number] {
  const planned = jobs.map(({ operation, params, inputs }) => plan(operation, params, inputs));
  const steps = planned.flatMap((one) => one.steps).filter((step) => step.kernel === kernel);
  return ratePoint(steps, factory, () => {
    jobs.forEach(({ operation, inputs }, index) => {
      const outputs = findOperation(operation).run(planned[index]?.params, inputs, engine);
      for (const output of Object.values(outputs)) engine.release(output);
    });
  });
}

/** Nanoseconds of a line, from operations whose arrays are nothing but short lines. */
function perLine(kind: LineKind, { operation, params, inputs }: Job): number {
  const planned = plan(operation, params, inputs);
  const steps = planned.steps.filter(({ lines }) => lines?.kind === kind);
  const count = steps.reduce((sum, { lines }) => sum + (lines?.count ?? 0), 0);
  const seconds = typicalSeconds(() => {
    const outputs = findOperation(operation).run(planned.params, inputs, engine);
    for (const output of Object.values(outputs)) engine.release(output);
  });
  const nanoseconds = Number(((seconds * 1e9) / count).toPrecision(3));
  console.log("a line of", kind, nanoseconds);
  return nanoseconds;
}

const pairs = matrix(2 ** 18, 2);
const cube = { ...matrix(2 ** 17, 2), shape: Array.from({ length: 18 }, () => 2) };
const sparse = { ...matrix(2 ** 8, 2), shape: Array.from({ length: 18 }, (_, axis) => 1 + (axis % 2)) };
const one = matrix(1, 1);
const nanosecondsPerLine: Record<LineKind, number> = {
  reduce: perLine("reduce", { operation: "sum", params: { axis: 1 }, inputs: { a: pairs } }),
  broadcast: perLine("broadcast", { operation: "add", inputs: { a: cube, b: sparse } }),
  plane: perLine("plane", { operation: "transpose", inputs: { a: cube } }),
  copy: perLine("copy", { operation: "fftshift", params: { axes: [1] }, inputs: { a: pairs } }),
  row: perLine("row", {
    operation: "convolve2d",
    params: { mode: "same" },
    inputs: { a: matrix(2 ** 18, 1), b: one },
  }),
  quantile: perLine("quantile", {
    operation: "percentile",
    params: { q: Array.from({ length: 500 }, (_, index) => index / 5), axis: 1 },
    inputs: { a: matrix(2 ** 9, 2) },
  }),
  // To the power of 0: the identity is all that is computed.
  core: perLine("core", {
    operation: "matrix_power",
    params: { n: 0 },
    inputs: { a: { ...matrix(2 ** 16, 1), shape: [2 ** 16, 1, 1] } },
  }),
};

const sides = [16, 64, 256, 1024, 2048];
const nanoseconds: Record<LoopKernel, unknown> = {
  // Half with operands as they lie, half with one that is broadcast block by block.
  elementwise: sides.map((n) => {
    const [a, row] = [matrix(n, n), matrix(1, n)];
    return point("elementwise", [
      { operation: "add", inputs: { a, b: a } },
      { operation: "multiply", inputs: { a, b: row } },
    ]);
  }),
  transcendental: sides.map((n) =>
    point("transcendental", [{ operation: "exp", inputs: { a: matrix(n, n) } }]),
  ),
  reduce: sides.map((n) => {
    const a = matrix(n, n);
    return point("reduce", [
      { operation: "sum", params: { axis: 0 }, inputs: { a } },
      { operation: "sum", params: { axis: 1 }, inputs: { a } },
      { operation: "max", inputs: { a } },
    ]);
  }),
  rearrange: sides.map((n) => point("rearrange", [{ operation: "transpose", inputs: { a: matrix(n, n) } }])),
  sort: [4, 64, 1024, 16_384, 262_144, 2_097_152].map((length) =>
    point("sort", [{ operation: "sort", inputs: { a: matrix(2 ** 21 / length, length) } }]),
  ),
  convolve: sides.map((n) =>
    point("convolve", [
      { operation: "convolve2d", params: { mode: "same" }, inputs: { a: matrix(n, n), b: matrix(5, 5) } },
    ]),
  ),
};

changeRates((rates, date) => {
  rates.loops = { ...rates.loops, machine, date, nanosecondsPerLine, nanoseconds };
});
