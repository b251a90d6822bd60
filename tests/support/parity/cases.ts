import { readFileSync } from "node:fs";
import type { Arrays } from "@sluice/compute";
import { type DenseArray, type Dtype, zeros } from "@sluice/contract/array";
import { describe, expect, test } from "vitest";
import { operand } from "../compute/arrays.ts";
import { testedEngines } from "../compute/engines.ts";
import { runTracked } from "./tracked.ts";
import { type Within, worst } from "./within.ts";

interface Numbers {
  readonly shape: number[];
  readonly dtype: Dtype;
  readonly values: (number | string)[];
}

interface Case {
  readonly operation: string;
  readonly params: Record<string, unknown>;
  readonly inputs: Record<string, Numbers | { shape: number[]; dtype: Dtype; seed: number }>;
  readonly within: Within;
  readonly outputs: Record<string, Numbers>;
}

function arrayOf({ shape, dtype, values }: Numbers): DenseArray {
  const array: DenseArray = zeros({ shape, dtype });
  if (array.dtype === "int64") array.data.set(values.map(BigInt));
  // Number() knows the words for what JSON has none for, and true and false.
  else array.data.set(values.map(Number));
  return array;
}

const title = ({ operation, params, inputs }: Case): string =>
  [
    operation,
    JSON.stringify(params),
    ...Object.values(inputs).map(({ shape, dtype }) => `(${shape.join(", ")}) ${dtype}`),
  ].join(" ");

/**
 * Runs every case of tests/fixtures/parity/<name>.json on every engine. The fixtures say how close to NumPy a
 * result has to be; shapes and dtypes are always the same. Steps and memory are held to the plan.
 */
export function testParity(name: string): void {
  const file = new URL(`../../fixtures/parity/${name}.json`, import.meta.url);
  const cases: Case[] = JSON.parse(readFileSync(file, "utf8"));
  const byOperation = Map.groupBy(cases, ({ operation }) => operation);
  describe.each(testedEngines)("as NumPy on $name", (engine) => {
    test.each([...byOperation])("%s", (_operation, all) => {
      for (const entry of all) {
        const inputs: Arrays = Object.fromEntries(
          Object.entries(entry.inputs).map(([input, spec]) => [
            input,
            "seed" in spec ? operand(spec.shape, spec.dtype, spec.seed) : arrayOf(spec),
          ]),
        );
        const untouched = Object.values(inputs).map(({ data }) => data.slice());
        const { outputs, steps, bytes, leaked } = runTracked(engine, entry.operation, entry.params, inputs);
        expect(steps.begun, `${title(entry)}: steps`).toBe(steps.planned);
        expect(bytes.peak, `${title(entry)}: bytes alive`).toBeLessThanOrEqual(bytes.planned);
        expect(leaked, `${title(entry)}: bytes not given back`).toBe(0);
        // Not toEqual, which takes seconds over arrays of this length.
        const changed = Object.values(inputs).some(({ data }, index) =>
          data.some((value, at) => !Object.is(value, untouched[index]?.[at])),
        );
        expect(changed, `${title(entry)} changes its inputs`).toBe(false);
        expect(Object.keys(outputs), title(entry)).toEqual(Object.keys(entry.outputs));
        for (const [output, numbers] of Object.entries(entry.outputs)) {
          const expected = arrayOf(numbers);
          const actual: DenseArray = outputs[output] ?? zeros({ shape: [], dtype: "float64" });
          const { shape, dtype } = actual;
          expect({ shape, dtype }, title(entry)).toEqual({ shape: expected.shape, dtype: expected.dtype });
          const { wrong, detail } = worst(actual, expected, entry.within);
          expect(wrong, `${title(entry)}: ${detail}`).toBe(0);
        }
      }
    });
  });
}
