import { beforeEach, expect, test, vi } from "vitest";
import { handler as cancel } from "../../functions/cancel.ts";
import { handler as retry } from "../../functions/retry.ts";
import { post } from "../support/functions/jobs.ts";
import { call, freshStage } from "../support/functions/stage.ts";
import { inBucket, type World } from "../support/jobs/memory-ports.ts";

vi.mock("../../aws/ports.ts", async () => (await import("../support/functions/stage.ts")).portsOfStage());
vi.mock("../../aws/telemetry/log.ts", async () =>
  (await import("../support/functions/stage.ts")).logOfStage(),
);
vi.mock("../../aws/config.ts", async () => (await import("../support/functions/stage.ts")).configOfStage());

let world: World;
beforeEach(() => {
  world = freshStage("none", inBucket);
});

test("retry: 202 with Location, 409 unless FAILED or CANCELLED, 410 without input", async () => {
  const jobId = await post({ dataMatrix: [[1]] });
  expect(await call(retry, { method: "POST", jobId })).toMatchObject({
    status: 409,
    body: { code: "not-retryable" },
  });
  await call(cancel, { jobId });
  const retried = await call(retry, { method: "POST", jobId });
  expect(retried).toMatchObject({
    status: 202,
    headers: { location: `/jobs/${jobId}` },
    body: { status: "PENDING" },
  });
  await call(cancel, { jobId });
  world.bucket.clear();
  expect(await call(retry, { method: "POST", jobId })).toMatchObject({
    status: 410,
    body: { code: "expired" },
  });
});
