import { submitBody } from "@sluice/contract/submit";
import { validate } from "@sluice/contract/validate";
import { describe, expect, test } from "vitest";
import { compute } from "../../../jobs/run/compute.ts";
import { computeDirectly } from "../../../jobs/submit/direct.ts";
import { memoryWorld } from "../../support/jobs/memory-ports.ts";
import { submitted } from "../../support/jobs/submitting.ts";

describe("the direct function", () => {
  const directly = (body: unknown, world = memoryWorld()) =>
    computeDirectly(validate(submitBody, body), "local", compute, world.ports);

  test("answers inline and stores nothing", async () => {
    const world = memoryWorld();
    const answer = await directly(
      { operation: "matmul", inputs: { a: { data: [[1, 2]] }, b: { data: [[3], [4]] } } },
      world,
    );
    expect(answer).toMatchObject({
      operation: "matmul",
      outputs: { result: { shape: [1, 1], dtype: "float64", bytes: 8, data: [[11]] } },
    });
    expect(world.calls).toEqual([]);
  });

  test("takes random and job inputs", async () => {
    const answer = await directly({
      operation: "fft2",
      inputs: { a: { random: { shape: [2, 2], seed: 3 } } },
    });
    expect(answer.outputs?.result).toMatchObject({
      dtype: "complex128",
      data: { re: expect.any(Array), im: expect.any(Array) },
    });
  });

  test("submits what needs a task", async () => {
    const world = memoryWorld();
    const view = await directly({ target: "fargate", dataMatrix: [[1]] }, world);
    expect(view).toMatchObject({ status: "PENDING", route: { target: "fargate" } });
    expect(world.messages).toHaveLength(1);
  });
});

test("the direct function submits what has to wait for its inputs", async () => {
  const world = memoryWorld();
  const { job } = await submitted(world);
  const body = validate(submitBody, { operation: "fft2", inputs: { a: { job: job.jobId } } });
  const view = await computeDirectly(body, "local", compute, world.ports);
  expect(view).toMatchObject({ status: "PENDING", statusReason: expect.stringContaining(job.jobId) });
});
