import { plan } from "@sluice/compute";
import { findOperation, operations } from "@sluice/compute/model/registry";
import { inputNames } from "@sluice/compute/operations/variadic";
import { Problem } from "@sluice/contract/problem";
import { describe, expect, test } from "vitest";
import { spec } from "../../support/compute/arrays.ts";
import { representatives } from "../../support/compute/representatives.ts";

const members = operations.filter((operation) => !representatives.includes(operation));
const dtypes = ["float64", "float32", "complex128"] as const;

describe("operations of a family are planned as the one that stands for them in costly tests", () => {
  test("there are families, and each has one", () => {
    const families = new Set(operations.flatMap(({ family }) => (family === undefined ? [] : [family])));
    expect(families.size).toBeGreaterThan(3);
    expect(representatives.filter(({ family }) => family !== undefined).length).toBe(families.size);
    expect(members.length).toBeGreaterThan(3 * families.size);
  });

  test.each(members.map((member) => [member.name, member] as const))("%s", (name, { family, inputs }) => {
    const other = representatives.find((one) => one.family === family)?.name ?? "";
    const shapes = [[70, 30], [30], []];
    for (const first of dtypes) {
      for (const second of dtypes) {
        const specs = Object.fromEntries(
          Object.keys(inputs).map((input, index) => [
            input,
            spec(shapes[index] ?? [], index === 0 ? first : second),
          ]),
        );
        // All but the price of an element.
        const whole = (operation: string) => {
          try {
            const { outputs, steps, liveBytes } = plan(operation, {}, specs);
            return { outputs, liveBytes, steps: steps.map(({ flops, ...step }) => step) };
          } catch (error) {
            if (error instanceof Problem) return error.code;
            throw error;
          }
        };
        expect(whole(name)).toEqual(whole(other));
      }
    }
  });
});

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
    const names = inputNames(findOperation(name), 2);
    const specs = Object.fromEntries(names.map((input) => [input, spec([2])]));
    expect(plan(alias, {}, specs)).toEqual(plan(name, {}, specs));
  });

  test("is found by the steps of a program", () => {
    const program = (op: string) =>
      plan("program", { steps: [{ as: "x", op, args: ["a"] }] }, { a: spec([3]) });
    expect(program("acos").steps).toEqual(program("arccos").steps);
  });
});
