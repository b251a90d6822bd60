import { readFileSync } from "node:fs";
import { type FloatingDtype, isSingle } from "@sluice/contract/array";
import { describe, expect, test } from "vitest";
import { eps, relativeError } from "../support/compute/arrays.ts";
import { runOn, testedEngines } from "../support/compute/engines.ts";
import { floating } from "../support/contract/floating.ts";
import { type Kind, matrix, scaled } from "../support/parity/matrices.ts";

interface Case {
  operation: string;
  params: Record<string, unknown>;
  inputs: Record<string, { kind: Kind; shape: number[]; seed: number; dtype: FloatingDtype }>;
  outputs: Record<string, { shape: number[]; dtype: FloatingDtype; values: (number | string)[] }>;
  condition: number;
  /** Of the input. */
  factor?: number;
}

/** One matrix, then stacks of them. */
const cases: Case[] = ["linalg", "stacks"].flatMap((name) =>
  JSON.parse(readFileSync(new URL(`../fixtures/parity/${name}.json`, import.meta.url), "utf8")),
);
const operations = [...new Set(cases.map(({ operation }) => operation))];

/** Complex numbers by real, then by imaginary part, as numpy.sort_complex; conjugates then lie side by side. */
function sortedPairs(data: ArrayLike<number>): number[] {
  const pairs = Array.from({ length: data.length / 2 }, (_, index) => [
    data[2 * index] ?? Number.NaN,
    data[2 * index + 1] ?? Number.NaN,
  ]);
  // Conjugates must not be told apart by the last bit of their equal real parts.
  const rounded = (value: number | undefined) => Math.round((value ?? 0) * 1e9);
  const byParts = ([a, b]: number[], [c, d]: number[]) => rounded(a) - rounded(c) || rounded(b) - rounded(d);
  return pairs.sort(byParts).flat();
}

function allClose(actual: ArrayLike<number>, expected: readonly number[], tolerance: number): void {
  const finite = expected
    .map((value, index) => (Number.isFinite(value) ? index : -1))
    .filter((at) => at >= 0);
  for (const [index, value] of expected.entries())
    if (!Number.isFinite(value)) expect(actual[index]).toBe(value);
  const pick = (values: ArrayLike<number>) => finite.map((index) => values[index] ?? Number.NaN);
  expect(relativeError(pick(actual), pick(expected))).toBeLessThanOrEqual(tolerance);
}

describe.each(testedEngines)("linear algebra on $name agrees with NumPy and SciPy", (engine) => {
  test.each(operations)("%s", (operation) => {
    for (const { params, inputs, outputs, condition, factor = 1 } of cases.filter(
      (one) => one.operation === operation,
    )) {
      const arrays = Object.fromEntries(
        Object.entries(inputs).map(([name, { kind, shape, seed, dtype }]) => [
          name,
          scaled(matrix(kind, shape, seed, dtype), factor),
        ]),
      );
      const actual = runOn(engine, operation, params, arrays);
      for (const [name, { shape, dtype, values }] of Object.entries(outputs)) {
        const about = JSON.stringify({ operation, params, inputs, name });
        const found = actual[name];
        expect(found?.shape, about).toEqual(shape);
        // Ours are complex even where NumPy's happen to be real.
        if (operation !== "eigvals") expect(found?.dtype, about).toBe(dtype);
        const numbers = values.map(Number);
        const { data } = floating(found);
        const rounding = isSingle({ dtype }) ? 2 ** -23 : 0;
        const tolerance = rounding + 64 * eps * Math.max(1, condition);
        if (operation === "eigvals") allClose(sortedPairs(data), sortedPairs(numbers), tolerance);
        else allClose(data, numbers, tolerance);
      }
    }
  });
});
