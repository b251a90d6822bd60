import { plan } from "@sluice/compute";
import { describe, expect, test } from "vitest";
import { afterExpress, expressRoute } from "../../../jobs/cost/express-route.ts";
import { route } from "../../../jobs/cost/route.ts";
import { defaultSettings } from "../../support/jobs/memory-ports.ts";

const square = (n: number) => plan("matmul", {}, { a: spec(n), b: spec(n) });
const spec = (n: number) => ({ shape: [n, n], dtype: "float64" as const });
const asked = (n: number, settings = defaultSettings, target: "auto" | "fargate" = "auto") =>
  expressRoute(square(n), route(square(n), target, settings), settings);

describe("expressRoute", () => {
  test("takes a small job, on submit's own machine, and says so", () => {
    expect(asked(64)).toMatchObject({
      target: "lambda",
      memoryMiB: 1769,
      vcpu: 1,
      reason: expect.stringMatching(/^predicted 0\.0\d+ s and \d+ MiB: answered at once/),
    });
  });

  test("prices it by the vCPU that submit has", () => {
    const half = { ...defaultSettings, submitMemoryMiB: 885 };
    expect(asked(64, half)?.estimate.seconds).toBeCloseTo(2 * (asked(64)?.estimate.seconds ?? 0), 4);
  });

  test.each([
    ["is off", asked(64, { ...defaultSettings, express: false })],
    ["has too little memory", asked(64, { ...defaultSettings, submitMemoryMiB: 300 })],
    ["would take a quarter of a second or more", asked(2000)],
    ["could not answer in JSON", asked(1700)],
    ["was not meant", asked(64, defaultSettings, "fargate")],
  ])("takes none where it %s", (_why, route) => expect(route).toBeUndefined());
});

test("a job that runs again is behind the queue, on that function's machine", () => {
  const before = asked(64);
  if (!before) throw new Error("it is small");
  const settings = { ...defaultSettings, workMemoryMiB: 3008 };
  const after = afterExpress(before, settings);
  expect(after).toMatchObject({ target: "lambda", memoryMiB: 3008, estimate: before.estimate });
  expect(after.reason).toMatch(/run again/);
});
