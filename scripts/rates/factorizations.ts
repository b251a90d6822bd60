/**
 * Measures what an engine takes for matrix factorizations and writes those tables in compute/model/rates.json, as
 * measure-rates.ts does the others. Some minutes:
 *
 *     npx node scripts/rates/factorizations.ts wasm
 */
import { random } from "@sluice/compute";
import type { Engine } from "@sluice/compute/engines/engine";
import { engines } from "@sluice/compute/engines/index";
import {
  choleskyStep,
  eighStep,
  eigStep,
  luStep,
  qrStep,
  svdStep,
  triangleStep,
} from "@sluice/compute/model/linear-algebra-steps";
import type { Factorization, Work } from "@sluice/compute/model/steps";
import { offerNative } from "@sluice/compute/node/native/index";
import type { FloatingArray } from "@sluice/contract/array";
import { changeRates, typicalSeconds } from "./points.ts";

const [, , name = "reference"] = process.argv;
if (name === "native") {
  const missing = offerNative(import.meta.filename);
  if (missing !== undefined) throw new Error(`no native engine here: ${missing}`);
}
const { factories, refused } = engines();
const factory = factories.find(({ label }) => label.name === name);
if (!factory) throw new Error(`there is no engine ${name} here: ${JSON.stringify(refused)}`);
const engine = factory.open(() => () => {}, 2 ** 29);

interface Measured {
  readonly step: (a: FloatingArray) => Work;
  readonly work: (a: FloatingArray, engine: Engine) => Record<string, unknown>;
}

const triangle = { lower: false, unit: false };

const factorizations: Readonly<Record<Factorization, Measured>> = {
  lu: { step: luStep, work: (a) => ({ ...engine.lu(a) }) },
  "triangular-solve": {
    step: (a) => triangleStep(a, a),
    work(a) {
      const b = engine.array(a);
      b.data.set(a.data);
      engine.solveTriangle(a, triangle, b);
      return { b };
    },
  },
  cholesky: { step: choleskyStep, work: (a) => ({ l: engine.cholesky(a, false) }) },
  qr: { step: (a) => qrStep(a, a.shape[0] ?? 0), work: (a) => ({ ...engine.qr(a, "reduced") }) },
  eigh: { step: eighStep, work: (a) => ({ ...engine.eigh(a, true) }) },
  eig: { step: (a) => eigStep(a, true), work: (a) => ({ ...engine.eig(a, true) }) },
  eigvals: { step: (a) => eigStep(a, false), work: (a) => ({ ...engine.eig(a, false) }) },
  svd: { step: (a) => svdStep(a, true, false), work: (a) => ({ ...engine.svd(a, "reduced") }) },
  svdvals: { step: (a) => svdStep(a, false, false), work: (a) => ({ ...engine.svd(a, "none") }) },
};

const isFast = (kernel: string): boolean => /^(lu|triangular-solve|cholesky|qr)$/.test(kernel);
/** The largest takes seconds a run. */
const sizes = (kernel: string): number[] => {
  const least = [2, 8, 16, 32, 64, 128, 256];
  if (name === "reference") return isFast(kernel) ? [...least, 512] : least;
  if (isFast(kernel)) return [...least, 512, 1024, 2048];
  return name === "native" ? [...least, 512, 1024] : [...least, 512];
};

/** At random, its diagonal large enough for Cholesky, solves and all others. */
function operand(n: number): FloatingArray {
  const a = random({ shape: [n, n], seed: 1 });
  for (let i = 0; i < n; i += 1) a.data[i * (n + 1)] = (a.data[i * (n + 1)] ?? 0) + n;
  return a;
}

const release = (made: Record<string, unknown>): void => {
  for (const value of Object.values(made))
    if (value && !(value instanceof Int32Array)) engine.release(value as FloatingArray);
};

const tables: Record<string, number[][]> = {};
for (const [kernel, { step, work }] of Object.entries(factorizations)) {
  tables[kernel] = sizes(kernel).map((n) => {
    const a = operand(n);
    const { flops } = step(a);
    const nanoseconds = (typicalSeconds(() => release(work(a, engine))) * 1e9) / flops;
    console.log(kernel, n, nanoseconds.toPrecision(4));
    return [n, Number(nanoseconds.toPrecision(4))];
  });
}
changeRates((rates) => {
  rates.engines[name].nanoseconds = { ...rates.engines[name].nanoseconds, ...tables };
});
