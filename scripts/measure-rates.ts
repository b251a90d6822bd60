/**
 * Measures the reference engine and writes compute/rates.json, which predictSeconds() reads. On a
 * machine with little else to do, about a minute:
 *
 *     npx node scripts/measure-rates.ts "x86-64, Zen 4, 2 vCPU"
 */
import { writeFileSync } from "node:fs";
import { engine as label, plan, run } from "@sluice/compute";
import { workUnits } from "@sluice/compute/cost";
import { reference } from "@sluice/compute/engines/reference/index";
import { absoluteStep, type PlanStep, randomStep, scaleStep, whileHolding } from "@sluice/compute/steps";
import type { DenseArray } from "@sluice/contract/array";

const leastSeconds = 0.2;
const leastRuns = 5;

const engine = reference.open(() => () => {});
const matrix = (rows: number, columns: number): DenseArray =>
  engine.random({ shape: [rows, columns], seed: 1 });

/**
 * CPU seconds of one run, over as many as add up to a readable time. CPU time, because on a shared
 * machine the clock on the wall counts other people's work; many runs, because that clock is coarse.
 */
function typicalSeconds(work: () => unknown): number {
  work();
  for (let runs = leastRuns; ; runs *= 4) {
    const start = process.threadCpuUsage();
    for (let index = 0; index < runs; index += 1) work();
    const { user, system } = process.threadCpuUsage(start);
    const seconds = (user + system) / 1e6;
    if (seconds >= leastSeconds) return seconds / runs;
  }
}

/** [size, nanoseconds per unit] of a kernel that does all of `steps`, which are of one class and size. */
function point(steps: readonly PlanStep[], work: () => unknown): readonly [number, number] {
  const units = steps.reduce((total, step) => total + workUnits(step), 0);
  const measured = [steps[0]?.size ?? 0, (typicalSeconds(work) * 1e9) / units].map((value) =>
    Number(value.toPrecision(4)),
  );
  console.log(steps[0]?.kernel, ...measured);
  return [measured[0] ?? 0, measured[1] ?? 0];
}

const fft2Points = (sizes: readonly number[]) =>
  sizes.map((n) => {
    const a = matrix(n, n);
    return point(plan("fft2", {}, { a }).steps, () => engine.fft2(a));
  });

const matmulPoints = (sizes: readonly number[]) =>
  sizes.map((n) => {
    const a = matrix(n, n);
    return point(plan("matmul", {}, { a, b: a }).steps, () => engine.matmul(a, a));
  });

const sides = [16, 64, 256, 1024, 2048];
const nanoseconds = {
  "fft-power-of-two": fft2Points([2, 8, 32, 64, 128, 256, 512, 1024, 2048, 4096]),
  "fft-any-length": fft2Points([3, 17, 60, 97, 250, 509, 1009, 2039]),
  abs: sides.map((n) => {
    const spectrum = engine.fft2(matrix(n, n));
    return point(whileHolding([], [absoluteStep(spectrum)]), () => engine.absolute(spectrum));
  }),
  scale: sides.map((n) => {
    const spectrum = engine.fft2(matrix(n, n));
    return point(whileHolding([], [scaleStep(spectrum)]), () => engine.scale(spectrum, 1));
  }),
  random: sides.map((n) => {
    const step = randomStep({ shape: [n, n], dtype: "float64" });
    return point(whileHolding([], [step]), () => matrix(n, n));
  }),
  matmul: matmulPoints([2, 8, 16, 32, 64, 128, 256, 512, 1024, 2048]),
};

const [, , machine = "unnamed"] = process.argv;
// One number times one number: what is left is what every call pays, whatever its size.
const one = matrix(1, 1);
const overheadSeconds = typicalSeconds(() => run("matmul", {}, { a: one, b: one }));
const rates = {
  engine: `${label.name} ${label.version} ${label.kernel}`,
  machine,
  date: new Date().toISOString().slice(0, 10),
  overheadSeconds: Number(overheadSeconds.toPrecision(2)),
  nanoseconds,
};
const text = JSON.stringify(rates, null, 2).replace(/\[\s+([\d.]+),\s+([\d.]+)\s+\]/g, "[$1, $2]");
writeFileSync(new URL("../compute/rates.json", import.meta.url), `${text}\n`);
