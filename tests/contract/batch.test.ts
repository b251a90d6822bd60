import { batchArrayPlaces, batchBody, withDefaults } from "@sluice/contract/batch";
import { validate } from "@sluice/contract/validate";
import { describe, expect, test } from "vitest";

describe("an item with the batch's defaults", () => {
  const defaults = { operation: "matmul", params: { a: 1, b: 2 }, labels: { team: "x" } };

  test("has its own fields, and the entries of params, inputs and labels one by one", () => {
    expect(withDefaults(defaults, { params: { b: 3 }, inputs: { a: 1 } })).toEqual({
      ...{ operation: "matmul", params: { a: 1, b: 3 }, labels: { team: "x" } },
      inputs: { a: 1 },
    });
  });

  test.each([null, "text", 7, [1]])("stays as it is when it is no object: %j", (item) => {
    expect(withDefaults(defaults, item)).toEqual(item);
  });

  test("keeps what is no object where one is expected, for the check to refuse", () => {
    expect(withDefaults(defaults, { params: 7 })).toMatchObject({ params: 7 });
  });
});

describe("the body", () => {
  test.each([
    [{ jobs: [] }, "jobs"],
    [{ jobs: Array(1001).fill({}) }, "jobs"],
    [{ jobs: {} }, "jobs"],
    [{ jobs: [{}], defaults: { colour: 1 } }, "defaults.colour"],
    [{ jobs: [{}], more: 1 }, "more"],
  ])("is refused where its own form is wrong: %#", (body, field) => {
    expect(() => validate(batchBody, body)).toThrow(
      expect.objectContaining({ place: expect.objectContaining({ field }) }),
    );
  });

  test("may have anything for a job: each is checked by itself", () => {
    expect(validate(batchBody, { jobs: [1, null, {}] }).jobs).toEqual([1, null, {}]);
  });
});

test("arrays may lie in every job and in the defaults", () => {
  const body = {
    defaults: { inputs: { b: { data: [1] } } },
    jobs: [{ dataMatrix: [2] }, { inputs: { a: { data: [3] } } }, 5],
  };
  const found = [...batchArrayPlaces(body)].map(([holder, key]) => holder[key]).filter(Array.isArray);
  expect(found).toEqual([[1], [2], [3]]);
  expect([...batchArrayPlaces("text")]).toEqual([]);
});
