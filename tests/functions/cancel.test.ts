import { beforeEach, expect, test, vi } from "vitest";
import { handler as cancel } from "../../functions/cancel.ts";
import { finished, post } from "../support/functions/jobs.ts";
import { call, freshStage } from "../support/functions/stage.ts";

vi.mock("../../aws/ports.ts", async () => (await import("../support/functions/stage.ts")).portsOfStage());
vi.mock("../../aws/telemetry/log.ts", async () =>
  (await import("../support/functions/stage.ts")).logOfStage(),
);
vi.mock("../../aws/config.ts", async () => (await import("../support/functions/stage.ts")).configOfStage());

beforeEach(() => {
  freshStage();
});

test("cancel: 200, again 200, then 409 once finished", async () => {
  const jobId = await post({ dataMatrix: [[1]] });
  for (let time = 0; time < 2; time++) {
    expect(await call(cancel, { method: "DELETE", jobId })).toMatchObject({
      status: 200,
      body: { status: "CANCELLED" },
    });
  }
  const done = await finished();
  expect(await call(cancel, { method: "DELETE", jobId: done })).toMatchObject({
    status: 409,
    body: { code: "already-finished" },
  });
});
