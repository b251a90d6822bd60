import { readFileSync } from "node:fs";
import { type Arrays, catalogue, demand, plan, profiles, run } from "@sluice/compute";
import type { DenseArray, Dtype } from "@sluice/contract/array";
import { arrayFromJson } from "@sluice/contract/array-json";
import { describe, expect, test } from "vitest";
import { testedEngines } from "../../support/compute/engines.ts";
import { runTracked } from "../../support/parity/tracked.ts";

interface Body {
  readonly operation: string;
  readonly params?: unknown;
  readonly dataMatrix?: unknown;
  readonly inputs?: Record<string, { data: unknown; dtype?: Dtype }>;
}

/** The arrays of a submit body that gives them as JSON. */
function arraysOf({ dataMatrix, inputs }: Body): Record<string, DenseArray> {
  const data: NonNullable<Body["inputs"]> = {
    ...inputs,
    ...(dataMatrix !== undefined && { a: { data: dataMatrix } }),
  };
  return Object.fromEntries(
    Object.entries(data).map(([name, reference]) => [
      name,
      arrayFromJson(reference.data, name, reference.dtype),
    ]),
  );
}

const specsOf = (arrays: Arrays) =>
  Object.fromEntries(Object.entries(arrays).map(([name, { shape, dtype }]) => [name, { shape, dtype }]));

describe.each(catalogue())("the example of $name", (entry) => {
  const { name, example, inputs, variadic, anyInputs, outputs, listedOutputs } = entry;
  const body = example as unknown as Body;
  const arrays = arraysOf(body);

  test("is planned, priced and gives the outputs its plan and its text promise", () => {
    expect(body.operation).toBe(name);
    const taken = Object.keys(arrays).filter((input) => !(variadic && /^x[0-9]$/.test(input)));
    if (anyInputs === undefined) expect(taken).toEqual(Object.keys(inputs));
    const planned = plan(name, body.params, arrays);
    expect(demand(planned, profiles.wasm, 1).seconds).toBeGreaterThan(0);
    const reported: number[] = [];
    const results = run(name, planned.params, arrays, { onProgress: (fraction) => reported.push(fraction) });
    expect(specsOf(results)).toEqual(planned.outputs);
    const named =
      listedOutputs === undefined ? Object.keys(outputs) : Object.keys(results).map((_, at) => `y${at}`);
    expect(Object.keys(results)).toEqual(named);
    expect(reported).toEqual([...reported].sort((one, other) => one - other));
    expect(reported.at(-1)).toBe(1);
  });

  test("params that were planned once are planned the same again", () => {
    const once = plan(name, body.params, arrays);
    expect(plan(name, once.params, arrays)).toEqual(once);
  });

  test.each(testedEngines)("runs on $name within its plan", (engine) => {
    const { steps, bytes, leaked } = runTracked(engine, name, body.params, arrays);
    expect(steps.begun).toBe(steps.planned);
    expect(bytes.peak).toBeLessThanOrEqual(bytes.planned);
    expect(leaked).toBe(0);
  });
});

test("the page about operations of one's own shows a file as it is in the tree", () => {
  const read = (file: string) => readFileSync(new URL(`../../../${file}`, import.meta.url), "utf8");
  const page = read("docs/your-own-operation.md");
  const code = /```ts\n(.*?)```/s.exec(page)?.[1];
  expect(code).toBe(read("compute/operations/products/outer.ts"));
});
