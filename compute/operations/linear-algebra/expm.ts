import type { FloatingArray, FloatingSpec } from "@sluice/contract/array";
import * as z from "zod";
import type { Engine } from "../../engines/engine.ts";
import { upperExponent } from "../../math/exponent.ts";
import { hypot } from "../../math/hypot.ts";
import { luStep, triangleStep, widened } from "../../model/linear-algebra-steps.ts";
import { defineOperation } from "../../model/operation.ts";
import { matmulStep, whileHolding } from "../../model/steps.ts";
import { realOrComplex, requireSquare, widens } from "./checks.ts";
import { requireRegular, solveFactored, widthOf } from "./elimination.ts";
import { requireFinite } from "./finite.ts";
import { copyOf } from "./matrix-power.ts";

/** Coefficients of the [13/13] Padé approximant of exp, and the 1-norm up to which it is exact to rounding: Higham (2005). */
const pade = [
  64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600,
  670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1,
];
const theta = 5.371920351148152;
/** Squarings the plan counts; how many there are is known with the values only: log2(1-norm / 5.4). */
const usualSquarings = 4;
/** Entries up to 1.8e308 are squared some 1,030 times, in products of which the plan counts ten and a solve. */
const mostTimes = 100;

/** Σ factors[i] · matrices[i] + identity · 1, in a new array. */
function combination(
  factors: readonly number[],
  matrices: readonly FloatingArray[],
  identity: number,
  engine: Engine,
): FloatingArray {
  const [first] = matrices;
  const result = engine.array(first);
  const { data } = result;
  data.fill(0);
  for (const [which, { data: from }] of matrices.entries()) {
    const factor = factors[which];
    for (let index = 0; index < data.length; index += 1) data[index] += factor * from[index];
  }
  const n = first.shape[0];
  for (let i = 0; i < n; i += 1) data[i * (n + 1) * widthOf(first)] += identity;
  return result;
}

/** Largest column sum of magnitudes. */
function oneNorm(a: FloatingArray): number {
  const n = a.shape[1];
  const sums = new Float64Array(n);
  const width = widthOf(a);
  for (let index = 0; index < a.data.length; index += width) {
    const size = width === 2 ? hypot(a.data[index], a.data[index + 1]) : Math.abs(a.data[index]);
    sums[(index / width) % n] += size;
  }
  return sums.reduce((most, sum) => Math.max(most, sum), 0);
}

/** The Padé approximant of a matrix of small norm. */
function approximant(a: FloatingArray, engine: Engine): FloatingArray {
  const [b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13] = pade;
  const a2 = engine.matmul(a, a);
  const a4 = engine.matmul(a2, a2);
  const a6 = engine.matmul(a4, a2);
  const powers = [a6, a4, a2];
  const half = (high: readonly number[], low: readonly number[], last: number): FloatingArray => {
    const outer = combination(high, powers, 0, engine);
    const product = engine.matmul(a6, outer);
    engine.release(outer);
    const sum = combination([1, ...low], [product, ...powers], last, engine);
    engine.release(product);
    return sum;
  };
  const odd = half([b13, b11, b9], [b7, b5, b3], b1);
  const u = engine.matmul(a, odd);
  engine.release(odd);
  const v = half([b12, b10, b8], [b6, b4, b2], b0);
  for (const power of powers) engine.release(power);
  const [below, above] = [combination([1, -1], [v, u], 0, engine), combination([1, 1], [v, u], 0, engine)];
  engine.release(u);
  engine.release(v);
  const factors = engine.lu(below);
  engine.release(below);
  requireRegular(factors);
  const result = solveFactored(factors, above, engine);
  engine.release(factors.lu);
  engine.release(above);
  return result;
}

/** As scipy.linalg.expm: scaling and squaring. @throws Problem not-finite (run) */
export const expm = defineOperation({
  name: "expm",
  summary: "Matrix exponential, as scipy.linalg.expm",
  inputs: { a: { description: "n×n, finite numbers", rank: 2, dtypes: realOrComplex } },
  outputs: { result: "the shape of a; float64, or complex128 where a is" },
  params: () => z.strictObject({}),
  differences: [widens],
  example: {
    operation: "expm",
    dataMatrix: [
      [0, 1],
      [-1, 0],
    ],
  },

  mostTimes,

  plan(_params, { a }) {
    requireSquare("a", a);
    const result: FloatingSpec = widened(a);
    const product = matmulStep(result, result, result);
    const triangle = triangleStep(result, result);
    const squarings = Array.from({ length: usualSquarings }, () => product);
    const products = Array.from({ length: 6 }, () => product);
    return {
      params: {},
      outputs: { result },
      steps: [
        ...whileHolding([a, ...Array.from({ length: 7 }, () => result)], products),
        ...whileHolding([a, result, result, result, result], [luStep(result), triangle, triangle]),
        ...whileHolding([a, result, result, result], squarings),
      ],
    };
  },

  run(_params, { a }, engine) {
    requireFinite("a", a);
    const scaled = copyOf(a, engine);
    const squarings = Math.max(0, upperExponent(oneNorm(scaled) / theta));
    if (squarings > 0)
      for (let index = 0; index < scaled.data.length; index += 1) scaled.data[index] *= 2 ** -squarings;
    let result = approximant(scaled, engine);
    engine.release(scaled);
    for (let index = 0; index < squarings; index += 1) {
      const square = engine.matmul(result, result);
      engine.release(result);
      result = square;
    }
    // Those that the plan counted and these values do not need.
    for (let index = squarings; index < usualSquarings; index += 1) engine.nextStep()(1);
    return { result };
  },
});
