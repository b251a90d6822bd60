import { Problem } from "@sluice/contract/problem";
import { planBody, submitBody } from "@sluice/contract/submit";
import { validate } from "@sluice/contract/validate";
import { describe, expect, test } from "vitest";

const problemOf = (body: unknown, schema: typeof submitBody | typeof planBody = submitBody): Problem => {
  try {
    validate(schema, body);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error("expected a Problem");
};

describe("a body", () => {
  test("has defaults for everything but its array", () => {
    expect(validate(submitBody, { dataMatrix: [[1]] })).toEqual({
      operation: "spectral-projection",
      params: {},
      dataMatrix: [[1]],
      inputs: {},
      target: "auto",
      labels: {},
    });
  });

  test("may say all that the contract knows", () => {
    const body = {
      operation: "matmul",
      params: { x: 1 },
      inputs: { a: { data: [[1]] }, b: { npy: "AA==" }, c_2: { upload: "u" } },
      target: "lambda",
      maxSeconds: 5,
      labels: { team: "x" },
    };
    expect(validate(submitBody, body)).toEqual(body);
  });

  test("array contents are not looked into here: a million numbers cost nothing", () => {
    const dataMatrix = Array.from({ length: 1000 }, () => new Array(1000).fill("x"));
    expect(validate(submitBody, { dataMatrix }).dataMatrix).toBe(dataMatrix);
  });
});

describe("an array ref", () => {
  test.each([
    [{ data: [[1]] }, { data: [[1]] }],
    [{ data: null }, { data: null }],
    [{ npy: "AA==" }, { npy: "AA==" }],
    [{ upload: "u1" }, { upload: "u1" }],
    [{ job: "j1" }, { job: "j1", output: "result" }],
    [
      { job: "j1", output: "u" },
      { job: "j1", output: "u" },
    ],
    [{ random: { shape: [2, 3] } }, { random: { shape: [2, 3], seed: 0, dtype: "float64" } }],
    [
      { random: { shape: [], seed: "18446744073709551616", dtype: "float32" } },
      { random: { shape: [], seed: "18446744073709551616", dtype: "float32" } },
    ],
  ])("%j", (ref, expected) => {
    expect(validate(submitBody, { inputs: { a: ref } }).inputs.a).toEqual(expected);
    expect(validate(planBody, { inputs: { a: ref } }).inputs.a).toEqual(expected);
  });

  test.each([
    [{}, "inputs.a", "invalid-field"],
    [3, "inputs.a", "invalid-field"],
    [null, "inputs.a", "invalid-field"],
    [[[1]], "inputs.a", "invalid-field"],
    [{ npy: 5 }, "inputs.a.npy", "invalid-field"],
    [{ upload: "" }, "inputs.a.upload", "invalid-field"],
    [{ job: "x".repeat(65) }, "inputs.a.job", "invalid-field"],
    [{ data: [1], npy: "" }, "inputs.a.npy", "unknown-field"],
    [{ random: {} }, "inputs.a.random.shape", "invalid-field"],
    [{ random: { shape: [1, -1] } }, "inputs.a.random.shape[1]", "invalid-field"],
    [{ random: { shape: [1.5] } }, "inputs.a.random.shape[0]", "invalid-field"],
    [{ random: { shape: new Array(9).fill(1) } }, "inputs.a.random.shape", "invalid-field"],
    [{ random: { shape: [1], seed: -1 } }, "inputs.a.random.seed", "invalid-field"],
    [{ random: { shape: [1], seed: 2 ** 53 } }, "inputs.a.random.seed", "invalid-field"],
    [{ random: { shape: [1], seed: "-1" } }, "inputs.a.random.seed", "invalid-field"],
    [{ random: { shape: [1], seed: null } }, "inputs.a.random.seed", "invalid-field"],
    [{ random: { shape: [1], dtype: "complex128" } }, "inputs.a.random.dtype", "invalid-field"],
    [{ random: { shape: [1], mean: 0 } }, "inputs.a.random.mean", "unknown-field"],
  ])("that is wrong: %j", (ref, field, code) => {
    expect(problemOf({ inputs: { a: ref } })).toMatchObject({ code, place: { field } });
  });

  test("a bare shape is for plans alone", () => {
    const bare = { inputs: { a: { shape: [2, 3] } } };
    expect(validate(planBody, bare).inputs.a).toEqual({ shape: [2, 3], dtype: "float64" });
    expect(problemOf(bare)).toMatchObject({
      place: { field: "inputs.a", expected: expect.stringContaining("data, npy, upload, job or random") },
    });
  });

  test("are sixteen at most", () => {
    const refs = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`a${index}`, { data: 1 }]));
    expect(Object.keys(validate(submitBody, { inputs: refs(16) }).inputs)).toHaveLength(16);
    expect(problemOf({ inputs: refs(17) })).toMatchObject({
      code: "invalid-field",
      place: { field: "inputs", expected: "at most 16 inputs" },
    });
  });

  test.each(["A", "1a", "", "a-b", "a".repeat(33), "constructor!"])("cannot be called %j", (name) => {
    const { place } = problemOf({ inputs: { [name]: { data: 1 } } });
    expect(place).toMatchObject({ field: `inputs.${name}`, expected: "an input name such as a" });
  });
});
