import { beforeEach, expect, test, vi } from "vitest";
import { handler as cancel } from "../../functions/cancel.ts";
import { handler as get } from "../../functions/get.ts";
import { handler as result } from "../../functions/result.ts";
import { handler as retry } from "../../functions/retry.ts";
import { handler as status } from "../../functions/status.ts";
import { finished } from "../support/functions/jobs.ts";
import { call, freshStage, isProblem } from "../support/functions/stage.ts";

vi.mock("../../aws/ports.ts", async () => (await import("../support/functions/stage.ts")).portsOfStage());
vi.mock("../../aws/telemetry/log.ts", async () =>
  (await import("../support/functions/stage.ts")).logOfStage(),
);
vi.mock("../../aws/config.ts", async () => (await import("../support/functions/stage.ts")).configOfStage());

beforeEach(() => {
  freshStage();
});

test("a job, its status, and 404 for none", async () => {
  const jobId = await finished();
  expect(await call(get, { jobId })).toMatchObject({
    status: 200,
    headers: { "cache-control": "no-store" },
    body: { jobId, status: "COMPLETED" },
  });
  expect((await call(status, { jobId })).body).toEqual({
    jobId,
    status: "COMPLETED",
    statusReason: "finished",
    progress: 1,
    updatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
  });
  for (const handler of [get, status, result, cancel, retry]) {
    for (const nobody of ["0".repeat(26), "x", ""]) {
      const reply = await call(handler, { jobId: nobody });
      expect([reply.status, isProblem(reply)]).toEqual([404, true]);
    }
  }
});
