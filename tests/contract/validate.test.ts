import { Problem } from "@sluice/contract/problem";
import { shown, validate } from "@sluice/contract/validate";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as z from "zod";

const schema = z.strictObject({
  name: z.string().min(2),
  size: z
    .union([z.int("expected a whole number"), z.strictObject({ rows: z.int(), columns: z.int() })])
    .optional(),
  lane: z.enum(["fast", "slow"]).optional(),
  list: z.array(z.strictObject({ n: z.number() })).optional(),
  tags: z.record(z.string().max(3, "expected a tag of at most 3 characters"), z.string()).optional(),
});

function problemOf(value: unknown, options?: Parameters<typeof validate>[2]): Problem {
  try {
    validate(schema, value, options);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error("expected a Problem");
}

test("what is right comes back, with its defaults", () => {
  const withDefault = z.strictObject({ a: z.int().default(7) });
  expect(validate(withDefault, {})).toEqual({ a: 7 });
});

describe("a problem names the place, what was expected there, and what came", () => {
  test.each([
    [{ name: 5 }, "name", "string", "5"],
    [{}, "name", "string", "nothing"],
    [{ name: "x" }, "name", "string to have >=2 characters", '"x"'],
    [{ name: "ok", lane: "middle" }, "lane", 'one of "fast"|"slow"', '"middle"'],
    [{ name: "ok", list: [{ n: 1 }, { n: "2" }] }, "list[1].n", "number", '"2"'],
    [{ name: "ok", list: [1] }, "list[0]", "object", "1"],
    [{ name: "ok", size: { rows: 1, columns: "2" } }, "size.columns", "number", '"2"'],
    [{ name: "ok", size: 1.5 }, "size", "a whole number", "1.5"],
    [{ name: "ok", tags: { long1: "" } }, "tags.long1", "a tag of at most 3 characters", '""'],
    [[1, 2], "body", "object", "an array of 2"],
    [null, "body", "object", "null"],
    [undefined, "body", "object", "nothing"],
  ])("%j", (value, field, expected, got) => {
    const { code, place, message } = problemOf(value);
    expect(code).toBe("invalid-field");
    expect(place).toEqual({ field, expected, got });
    expect(message).toBe(`${field === "body" ? "the body" : field}: expected ${expected}, got ${got}`);
  });

  test("under the name the value has in the request", () => {
    expect(problemOf({ name: 5 }, { root: "params", code: "invalid-params" })).toMatchObject({
      code: "invalid-params",
      place: { field: "params.name" },
    });
  });

  test("a field outside the contract is a problem of its own", () => {
    expect(problemOf({ name: "ok", colour: 1 })).toMatchObject({
      code: "unknown-field",
      place: { field: "colour" },
    });
    expect(problemOf({ name: "ok", list: [{ n: 1, m: 2 }] })).toMatchObject({
      code: "unknown-field",
      place: { field: "list[0].m" },
    });
    expect(problemOf({ name: "ok", x: 1 }, { root: "params", code: "invalid-params" }).code).toBe(
      "invalid-params",
    );
  });
});

describe("what came is shown short", () => {
  test.each([
    ["x".repeat(5_000_000), 60],
    [Array.from({ length: 1e6 }, () => 0), 60],
    [{ deep: { er: "x".repeat(1000) } }, 60],
  ])("never the whole of a large value", (value, most) => {
    expect(shown(value).length).toBeLessThanOrEqual(most);
  });

  test("whatever it is", () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(shown(value).length).toBeLessThanOrEqual(60);
      }),
    );
  });
});
