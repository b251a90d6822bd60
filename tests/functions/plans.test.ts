import { beforeEach, describe, expect, test, vi } from "vitest";
import { handler as plans } from "../../functions/plans.ts";
import { handler as submit } from "../../functions/submit.ts";
import { post } from "../support/functions/jobs.ts";
import { call, freshStage } from "../support/functions/stage.ts";
import type { World } from "../support/jobs/memory-ports.ts";

vi.mock("../../aws/ports.ts", async () => (await import("../support/functions/stage.ts")).portsOfStage());
vi.mock("../../aws/telemetry/log.ts", async () =>
  (await import("../support/functions/stage.ts")).logOfStage(),
);
vi.mock("../../aws/config.ts", async () => (await import("../support/functions/stage.ts")).configOfStage());

let world: World;
beforeEach(() => {
  world = freshStage();
});

describe("POST /plans", () => {
  test("POST /plans says what a job would do, of a bare shape too, and stores nothing", async () => {
    const reply = await call(plans, {
      method: "POST",
      body: { operation: "fft2", inputs: { a: { shape: [4096, 4096], dtype: "complex128" } } },
    });
    expect(reply).toMatchObject({
      status: 200,
      body: {
        operation: "fft2",
        outputs: { result: { shape: [4096, 4096], dtype: "complex128" } },
        route: { reason: expect.any(String) },
      },
    });
    expect(world.calls).toEqual([]);
    expect((await call(submit, { method: "POST", body: { inputs: { a: { shape: [2, 2] } } } })).status).toBe(
      422,
    );
  });

  test("POST /plans knows what a job will make that has yet to run", async () => {
    const jobId = await post({ dataMatrix: [[1, 2, 3]], params: { columns: 5 } });
    world.calls.length = 0;
    const reply = await call(plans, {
      method: "POST",
      body: { operation: "fft2", inputs: { a: { job: jobId } } },
    });
    expect(reply.body.outputs.result).toMatchObject({ shape: [1, 5], dtype: "complex128" });
    expect(world.calls).toEqual(["store.get"]);
  });
});
