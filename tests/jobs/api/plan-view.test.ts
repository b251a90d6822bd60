import { describe, expect, test } from "vitest";
import { planView } from "../../../jobs/api/plan-view.ts";
import { prepare } from "../../../jobs/submit/prepare.ts";
import { memoryWorld } from "../../support/jobs/memory-ports.ts";

describe("a plan", () => {
  test("takes bare shapes, and says everything without storing anything", async () => {
    const world = memoryWorld();
    const body = {
      operation: "spectral-projection",
      params: { columns: 3 },
      inputs: { a: { shape: [64, 32], dtype: "float64" as const } },
      target: "auto" as const,
      labels: {},
    };
    const view = planView(await prepare(body, "local", world.ports));
    expect(view).toMatchObject({
      operation: "spectral-projection",
      params: { seed: 0, columns: 3 },
      inputs: { a: { shape: [64, 32], dtype: "float64", bytes: 16_384 } },
      outputs: { result: { shape: [64, 3], dtype: "float64", bytes: 1536 } },
      route: { target: "lambda" },
      maxSeconds: 21_600,
    });
    expect(world.calls).toEqual([]);
  });
});
