import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { logger } from "../../../aws/telemetry/log.ts";
import { inScope } from "../../../aws/telemetry/log-scope.ts";
import { printed } from "../../support/aws/printed-lines.ts";

beforeAll(() => {
  vi.stubEnv("STAGE", "test");
  vi.stubEnv("TABLE_NAME", "table");
  vi.stubEnv("BUCKET_NAME", "bucket");
});
afterAll(() => {
  vi.unstubAllEnvs();
});

const root = "1-5759e988-bd862e3fe1be46a994272793";

describe("a log line", () => {
  test("carries what its own invocation knows, while others run beside it", async () => {
    const log = logger();
    const invocation = (name: string) =>
      inScope({ requestId: name, trace: `Root=${root};Sampled=0` }, async () => {
        await pause(1);
        log.addContext({ jobId: name });
        await pause(1);
        log.info("first", {});
        // What is learned in a scope inside stays there.
        await log.scope(async () => log.addContext({ jobId: `${name}-other` }));
        log.info("second", { owner: "me" });
      });
    const lines = await printed(() => Promise.all(["a", "b", "c"].map(invocation)));
    expect(lines).toHaveLength(6);
    for (const line of lines) {
      expect(line).toMatchObject({ jobId: line.requestId, xray_trace_id: root });
      expect(line).not.toHaveProperty("trace");
    }
    expect(lines.filter(({ owner }) => owner === "me").map(({ message }) => message)).toEqual([
      "second",
      "second",
      "second",
    ]);
  });

  test("has its own fields before those of the scope", async () => {
    const [line] = await printed(() =>
      inScope({ dispatch: 1 }, () => logger().info("late", { dispatch: 2 })),
    );
    expect(line).toMatchObject({ dispatch: 2, service: "sluice" });
  });
});
