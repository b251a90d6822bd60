import { run } from "@sluice/compute";
import { acceptedDtypes, computedAs } from "@sluice/compute/model/dtypes/conversions";
import { operations } from "@sluice/compute/model/registry";
import { resultDtype } from "@sluice/compute/model/result-dtype";
import {
  byteLength,
  type DenseArray,
  type Dtype,
  dtypes,
  isFloating,
  isSingle,
  zeros,
} from "@sluice/contract/array";
import { arrayFromJson } from "@sluice/contract/array-json";
import { Problem } from "@sluice/contract/problem";
import { describe, expect, test } from "vitest";
import { type TestedEngine, testedEngines } from "../../support/compute/engines.ts";
import { runTracked, type TrackedRun } from "../../support/parity/tracked.ts";

interface Body {
  readonly params?: unknown;
  readonly dataMatrix?: unknown;
  readonly inputs?: Record<string, { readonly data: unknown; readonly dtype?: Dtype }>;
}

/** The inputs of an operation's example. */
function exampleOf({ dataMatrix, inputs }: Body): Record<string, DenseArray> {
  const all: NonNullable<Body["inputs"]> = { ...inputs };
  if (dataMatrix !== undefined) all.a = { data: dataMatrix };
  return Object.fromEntries(
    Object.entries(all).map(([name, { data, dtype }]) => [name, arrayFromJson(data, name, dtype)]),
  );
}

const cast = (a: DenseArray, dtype: Dtype): DenseArray =>
  run("astype", { dtype }, { a }).result ?? zeros({ shape: [], dtype });

/** What an operation sees an input as: beside floating ones, products take integers in the common dtype. */
function seenAs(
  dtype: Dtype,
  name: string,
  inputs: Record<string, DenseArray>,
  computed: readonly Dtype[],
): Dtype {
  const alone = computedAs(dtype, computed) as Dtype;
  const others = Object.entries(inputs).filter(([other, array]) => other !== name && isFloating(array));
  if (alone !== "int64" || others.length === 0) return alone;
  return others.reduce<Dtype>((common, [, array]) => resultDtype(common, array.dtype), alone);
}

const taken = operations.filter(({ anyInputs }) => anyInputs === undefined);

describe.each(testedEngines)("on $name", (engine) => {
  test.each(taken)("$name takes every dtype as what it becomes, within its plan", (operation) => {
    const example = operation.example as Body;
    const inputs = exampleOf(example);
    for (const [name, rule] of Object.entries(operation.inputs)) {
      const given = inputs[name];
      if (!given) continue;
      for (const dtype of acceptedDtypes(rule.dtypes)) {
        if (rule.dtypes.includes(dtype)) continue;
        const raw = cast(given, dtype);
        const converted = cast(raw, seenAs(dtype, name, inputs, rule.dtypes));
        const params = example.params ?? {};
        const about = `${operation.name} of ${name} as ${dtype}`;
        const mine = tracked(engine, operation.name, params, { ...inputs, [name]: raw });
        const expected = tracked(engine, operation.name, params, { ...inputs, [name]: converted });
        // Some examples are singular or not positive definite when they are made of 0 and 1: both ways alike.
        if (mine instanceof Problem || expected instanceof Problem) {
          expect(mine, about).toEqual(expected);
          continue;
        }
        // What is computed in double for an input in single is rounded by some operations: as astype does.
        const wanted = Object.entries(expected.outputs).map(([output, array]): [string, DenseArray] => {
          const answered = mine.outputs[output]?.dtype ?? array.dtype;
          return [output, isSingle({ dtype: answered }) ? cast(array, answered) : array];
        });
        expect(mine.outputs, about).toEqual(Object.fromEntries(wanted));
        const roundings = wanted.filter(([output, array]) => array.dtype !== expected.outputs[output]?.dtype);
        expect(mine.steps.begun, about).toBe(mine.steps.planned);
        expect(mine.steps.planned, about).toBe(expected.steps.planned + 1 + roundings.length);
        expect(mine.bytes.peak, about).toBeLessThanOrEqual(mine.bytes.planned);
        expect(mine.leaked, about).toBe(0);
      }
    }
  });
});

function tracked(
  engine: TestedEngine,
  operation: string,
  params: unknown,
  inputs: Record<string, DenseArray>,
): TrackedRun | Problem {
  try {
    return runTracked(engine, operation, params, inputs);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

test("a conversion is a step of the plan, and its array is counted beside the input", () => {
  const a = zeros({ shape: [100, 100], dtype: "bool" });
  const { steps, bytes } = runTracked(testedEngines[0] as TestedEngine, "fft2", {}, { a });
  expect(steps.begun).toBe(steps.planned);
  expect(bytes.planned).toBe(byteLength(a) + 8 * 100 * 100 + 16 * 100 * 100);
});

test("every dtype is accepted by every operation that can take it without loss", () => {
  expect(acceptedDtypes(["float64", "float32", "complex128"]).toSorted()).toEqual([...dtypes].toSorted());
  expect(acceptedDtypes(["float64", "float32"])).toEqual(["float64", "float32", "bool", "int64"]);
});
