/**
 * Prints, for each function of an element that has a price of its own in compute/operations/elementwise/, the flops that
 * its measured time stands for where exp has 20: what its line there should say. Changes nothing.
 *
 *     npx node scripts/rates/functions.ts
 */
import { plan, random } from "@sluice/compute";
import { chosenEngine } from "@sluice/compute/engines/index";
import { findOperation, operations } from "@sluice/compute/model/registry";
import type { DenseArray } from "@sluice/contract/array";
import { typicalSeconds } from "./points.ts";

const engine = chosenEngine().open(() => () => {}, 2 ** 28);
const n = 2 ** 16;

/** Of both signs, up to ±3, where no function has its quick way out; complex ones have both parts so. */
function numbers(seed: number, isComplex: boolean): DenseArray {
  const { data } = random({ shape: [isComplex ? 2 * n : n], seed });
  return {
    shape: [n],
    dtype: isComplex ? "complex128" : "float64",
    data: Float64Array.from(data, (x) => 6 * x - 3),
  };
}

function secondsOf(name: string, isComplex: boolean): number | undefined {
  const operation = findOperation(name);
  const rules = Object.entries(operation.inputs);
  if (isComplex && !rules.every(([, { dtypes }]) => dtypes.includes("complex128"))) return undefined;
  const inputs = Object.fromEntries(rules.map(([input], index) => [input, numbers(index + 1, isComplex)]));
  const { params } = plan(name, {}, inputs);
  return typicalSeconds(() => {
    for (const output of Object.values(operation.run(params, inputs, engine))) engine.release(output);
  });
}

const families = operations.filter(({ family }) => family !== undefined).map(({ name }) => name);
// All of them once before any is measured: a process that has run only one is faster than any job's.
for (const name of families) for (const isComplex of [false, true]) secondsOf(name, isComplex);
const exp = secondsOf("exp", false) ?? Number.NaN;
for (const name of families) {
  const flops = [false, true].map((isComplex) => {
    const seconds = secondsOf(name, isComplex);
    return seconds === undefined ? "" : ((20 * seconds) / exp).toFixed(0);
  });
  console.log(`${name}: ${flops.join(", ")}`);
}
