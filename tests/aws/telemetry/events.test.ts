import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { jobEvents } from "../../../aws/telemetry/events.ts";
import { eventOf } from "../../../jobs/lifecycle/event.ts";
import { type StubCloud, startStubCloud } from "../../support/aws/stub-cloud.ts";
import { jobIn } from "../../support/jobs/sample-jobs.ts";

let cloud: StubCloud;
beforeAll(async () => {
  cloud = await startStubCloud();
  vi.stubEnv("STAGE", "test");
  vi.stubEnv("TABLE_NAME", "table");
  vi.stubEnv("BUCKET_NAME", "bucket");
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await cloud.stop();
});
afterEach(() => {
  cloud.instead = () => undefined;
  vi.restoreAllMocks();
});

describe("the end of a job on the bus", () => {
  test("is of its stage and its kind", async () => {
    for (const status of ["COMPLETED", "FAILED", "CANCELLED"] as const)
      await jobEvents("test").put([eventOf(jobIn[status])]);
    const sent = cloud.events.slice(-3);
    expect(sent.map(({ Source, DetailType }) => [Source, DetailType])).toEqual([
      ["sluice.test", "Sluice Job Completed"],
      ["sluice.test", "Sluice Job Failed"],
      ["sluice.test", "Sluice Job Cancelled"],
    ]);
    const { jobId } = jobIn.FAILED;
    expect(JSON.parse(String(sent[1]?.Detail))).toMatchObject({
      v: 1,
      stage: "test",
      jobId,
      status: "FAILED",
    });
  });

  test("is not taken for told when EventBridge refuses it in a 200", async () => {
    cloud.instead = () => ({
      body: {
        FailedEntryCount: 1,
        Entries: [{ ErrorCode: "ThrottlingException", ErrorMessage: "slow down" }],
      },
    });
    await expect(jobEvents("test").put([eventOf(jobIn.COMPLETED)])).resolves.toEqual(
      new Map([[0, expect.stringContaining("ThrottlingException")]]),
    );
  });

  test("ten in one call: each is taken or refused for itself", async () => {
    cloud.instead = () => ({
      body: {
        FailedEntryCount: 1,
        Entries: [{ EventId: "1" }, { ErrorCode: "InternalFailure" }, { EventId: "3" }],
      },
    });
    const before = cloud.calls.length;
    const all = [jobIn.COMPLETED, jobIn.FAILED, jobIn.CANCELLED].map(eventOf);
    const refused = await jobEvents("test").put(all);
    expect([...refused.keys()]).toEqual([1]);
    expect(cloud.calls.slice(before)).toEqual(["events.PutEvents"]);
  });

  test("holds nobody up for long when EventBridge is silent", async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as AddressInfo;
    vi.stubEnv("AWS_ENDPOINT_URL_EVENTBRIDGE", `http://127.0.0.1:${port}`);
    vi.resetModules();
    const fresh = await import("../../../aws/telemetry/events.ts");
    const began = Date.now();
    await expect(fresh.jobEvents("test").put([eventOf(jobIn.COMPLETED)])).rejects.toThrow("requestTimeout");
    expect(Date.now() - began).toBeLessThan(8_000);
    vi.stubEnv("AWS_ENDPOINT_URL_EVENTBRIDGE", undefined);
    silent.closeAllConnections();
    await new Promise((resolve) => silent.close(resolve));
  });

  test("is none while it runs", async () => {
    await expect(jobEvents("test").put([eventOf(jobIn.lambda)])).rejects.toThrow("has not ended");
  });
});
