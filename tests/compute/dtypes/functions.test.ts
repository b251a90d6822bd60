import { readFileSync } from "node:fs";
import { plan } from "@sluice/compute";
import { operations } from "@sluice/compute/model/registry";
import type { Dtype } from "@sluice/contract/array";
import { Problem } from "@sluice/contract/problem";
import { describe, expect, test } from "vitest";

/** Operation → dtypes of its operands → NumPy's dtype of the result, or null where it refuses. */
const fixtures = new URL("../../fixtures/dtypes/functions.json", import.meta.url);
const known: Readonly<Record<string, Readonly<Record<string, Dtype | null>>>> = JSON.parse(
  readFileSync(fixtures, "utf8"),
);

function planned(name: string, dtypes: readonly Dtype[]): Dtype | null | undefined {
  const specs = Object.fromEntries(dtypes.map((dtype, index) => ["ab"[index] ?? "", { shape: [2], dtype }]));
  try {
    return plan(name, {}, specs).outputs.result?.dtype;
  } catch (error) {
    if (error instanceof Problem && error.code === "invalid-shape") return null;
    throw error;
  }
}

describe("the dtype of the result is NumPy's, and what it refuses is refused", () => {
  test("every line of the tables has its row", () => {
    const lines = operations.filter(({ family }) => family !== undefined).map(({ name }) => name);
    expect(Object.keys(known).sort()).toEqual(lines.sort());
  });

  test.each(Object.entries(known))("%s", (name, rows) => {
    const answers = Object.keys(rows).map((key) => [key, planned(name, key.split(" ") as Dtype[])]);
    expect(Object.fromEntries(answers)).toEqual(rows);
  });
});
