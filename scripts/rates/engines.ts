/**
 * Measures an engine and writes its table in compute/model/rates.json, which the engines' profiles hold. On a
 * machine with little else to do, about a minute:
 *
 *     npx node scripts/rates/engines.ts wasm "x86-64, Zen 4, 2 vCPU"
 */
import { plan, random } from "@sluice/compute";
import { engines } from "@sluice/compute/engines/index";
import { peakBytes } from "@sluice/compute/model/demand";
import {
  absoluteStep,
  type PlanStep,
  randomStep,
  scaleStep,
  whileHolding,
} from "@sluice/compute/model/steps";
import { offerNative } from "@sluice/compute/node/native/index";
import type { FloatingArray } from "@sluice/contract/array";
import { changeRates, ratePoint, typicalSeconds } from "./points.ts";

const [, , name = "reference", machine = "unnamed"] = process.argv;
if (name === "native") {
  const missing = offerNative(import.meta.filename);
  if (missing !== undefined) throw new Error(`no native engine here: ${missing}`);
}
const { factories, refused } = engines();
const factory = factories.find(({ label }) => label.name === name);
if (!factory) {
  const known = factories.map(({ label }) => label.name).join(", ");
  throw new Error(`expected one of the engines ${known}, got ${name} (${JSON.stringify(refused)})`);
}
/** Room for the largest point, 4096×4096 complex. */
const engine = factory.open(() => () => {}, 2 ** 29);
/** An operand as jobs bring it: in no engine's memory. */
const matrix = (rows: number, columns: number): FloatingArray => random({ shape: [rows, columns], seed: 1 });

const point = (steps: readonly PlanStep[], work: () => unknown) => ratePoint(steps, factory, work);

const fft2Points = (sizes: readonly number[]) =>
  sizes.map((n) => {
    const a = matrix(n, n);
    return point(plan("fft2", {}, { a }).steps, () => engine.release(engine.fft2(a)));
  });

const matmulPoints = (sizes: readonly number[]) =>
  sizes.map((n) => {
    const a = matrix(n, n);
    return point(plan("matmul", {}, { a, b: a }).steps, () => engine.release(engine.matmul(a, a)));
  });

const sides = [16, 64, 256, 1024, 2048];
const nanoseconds = {
  "fft-power-of-two": fft2Points([2, 8, 32, 64, 128, 256, 512, 1024, 2048, 4096]),
  "fft-any-length": fft2Points([3, 17, 60, 97, 250, 509, 1009, 2039]),
  abs: sides.map((n) => {
    const spectrum = engine.fft2(matrix(n, n));
    const measured = point(whileHolding([], [absoluteStep(spectrum)]), () =>
      engine.release(engine.absolute(spectrum)),
    );
    engine.release(spectrum);
    return measured;
  }),
  scale: sides.map((n) => {
    const spectrum = engine.fft2(matrix(n, n));
    const measured = point(whileHolding([], [scaleStep(spectrum)]), () => engine.scale(spectrum, 1));
    engine.release(spectrum);
    return measured;
  }),
  random: sides.map((n) => {
    const spec = { shape: [n, n], dtype: "float64" } as const;
    return point(whileHolding([], [randomStep(spec)]), () =>
      engine.release(engine.random({ ...spec, seed: 1 })),
    );
  }),
  matmul: matmulPoints([2, 8, 16, 32, 64, 128, 256, 512, 1024, 2048]),
};

// One number times one number: what is left is what every call pays, whatever its size.
const one = matrix(1, 1);
const overheadSeconds = typicalSeconds(() => {
  const opened = factory.open(
    () => () => {},
    peakBytes(plan("matmul", {}, { a: one, b: one }), factory.profile),
  );
  opened.finish({ result: opened.matmul(one, one) });
});
/**
 * Memory that no array of this process has used before: the system zeroes each page when it is first written. Only
 * by `--first-touch`, on a machine just started, as every task's is: there the host has to find the page too,
 * which cost nine times as much as hours later (3.2 and 0.37 ns a byte).
 */
function firstTouch(): number {
  const bytes = 512 * 2 ** 20;
  const started = performance.now();
  const fresh = new Float64Array(bytes / 8);
  for (let index = 0; index < fresh.length; index += 512) fresh[index] = 1;
  return ((performance.now() - started) * 1e6) / bytes;
}
changeRates((rates, date) => {
  if (process.argv.includes("--first-touch")) {
    rates.firstTouch = { machine, date, nanosecondsPerByte: Number(firstTouch().toPrecision(2)) };
  }
  rates.engines[name] = {
    kernel: `${factory.label.version} ${factory.label.kernel}`,
    machine,
    date,
    overheadSeconds: Number(overheadSeconds.toPrecision(2)),
    // Measured by the benchmark's rows on two threads, not here.
    secondThread: rates.engines[name]?.secondThread ?? {},
    // Native is wasm but for matrix products. Factorizations are measured by factorizations.ts.
    nanoseconds: {
      ...rates.engines[name]?.nanoseconds,
      ...(name === "native" ? { matmul: nanoseconds.matmul } : nanoseconds),
    },
  };
});
