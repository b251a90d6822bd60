import { plan, type Specs } from "@sluice/compute";
import type { Operation } from "@sluice/compute/model/operation";
import { findOperation, operations } from "@sluice/compute/model/registry";
import { inputNames } from "@sluice/compute/operations/variadic";
import { type ArraySpec, byteLength, type Dtype, dtypes } from "@sluice/contract/array";
import { Problem } from "@sluice/contract/problem";
import { describe, expect, test } from "vitest";
import { spec } from "../../support/compute/arrays.ts";
import { representatives } from "../../support/compute/representatives.ts";

const members = operations.filter((operation) => !representatives.includes(operation));

const isWhole = ({ inputs }: Operation): boolean => inputs.a?.dtypes.includes("float64") !== true;

describe("operations of a family hold what the one that stands for them in costly tests holds", () => {
  test("there are families, and each has one", () => {
    const families = new Set(operations.flatMap(({ family }) => (family === undefined ? [] : [family])));
    expect(families.size).toBeGreaterThan(5);
    expect(representatives.filter(({ family }) => family !== undefined).length).toBe(families.size);
    expect(members.length).toBeGreaterThan(3 * families.size);
  });

  test.each(members.map((member) => [member.name, member] as const))("%s", (name, member) => {
    const other = representatives.find(({ family }) => family === member.family)?.name ?? "";
    const shapes = [[70, 30], [30]];
    let alike = 0;
    for (const first of dtypes) {
      for (const second of dtypes) {
        const specs = Object.fromEntries(
          Object.keys(member.inputs).map((input, index): [string, ArraySpec] => [
            input,
            { shape: shapes[index] ?? [], dtype: index === 0 ? first : second },
          ]),
        );
        const [own, its] = [held(name, specs), held(other, specs)];
        if (own === undefined || its === undefined) continue;
        expect(own.shape).toEqual(its.shape);
        // Whole numbers of one may be read as float64 by the other: 8 bytes an element, too.
        const apart = Math.abs(own.liveBytes - its.liveBytes);
        expect(apart).toBeLessThanOrEqual(byteLength({ shape: own.shape, dtype: "float64" }));
        if (apart === 0) alike += 1;
      }
    }
    expect(alike).toBeGreaterThan(isWhole(member) ? 0 : 3);
  });
});

/** The shape of the result and the bytes of all arrays; undefined where the operation refuses such dtypes. */
function held(operation: string, specs: Specs): { shape: readonly number[]; liveBytes: number } | undefined {
  try {
    const { outputs, liveBytes } = plan(operation, {}, specs);
    return { shape: outputs.result?.shape ?? [], liveBytes };
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

describe("another name of an operation", () => {
  const aliases = operations.flatMap(({ name, aliases: others = [] }) =>
    others.map((alias) => [alias, name] as const),
  );

  test("is nobody else's", () => {
    const names = [...operations.map(({ name }) => name), ...aliases.map(([alias]) => alias)];
    expect(new Set(names).size).toBe(names.length);
  });

  test.each(aliases)("%s is %s", (alias, name) => {
    expect(findOperation(alias).name).toBe(name);
    const dtype: Dtype = isWhole(findOperation(name)) ? "int64" : "float64";
    const names = inputNames(findOperation(name), 2);
    const specs = Object.fromEntries(names.map((input) => [input, { shape: [2], dtype }]));
    expect(plan(alias, {}, specs)).toEqual(plan(name, {}, specs));
  });

  test("is found by the steps of a program", () => {
    const program = (op: string) =>
      plan("program", { steps: [{ as: "x", op, args: ["a"] }] }, { a: spec([3]) });
    expect(program("acos").steps).toEqual(program("arccos").steps);
  });
});
