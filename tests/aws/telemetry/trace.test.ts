import { afterEach, expect, test, vi } from "vitest";
import { inScope } from "../../../aws/telemetry/log-scope.ts";
import { functionTrace } from "../../../aws/telemetry/trace.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

const root = "1-5759e988-bd862e3fe1be46a994272793";

test("a job's own trace goes before the one Lambda began for this invocation", () => {
  vi.stubEnv("_X_AMZN_TRACE_ID", `Root=${root};Sampled=0`);
  const trace = functionTrace();
  expect(trace.current()).toBe(`Root=${root};Sampled=0`);
  const ofJob = `Root=${root.replace("5759", "6759")};Sampled=1`;
  inScope({ trace: ofJob }, () => expect(trace.current()).toBe(ofJob));
});

test("a part of an attempt is run and not timed: Lambda sends its own segments", async () => {
  const trace = functionTrace();
  expect(await trace.during("read", async () => 7)).toBe(7);
  const broken = new Error("gone");
  await expect(trace.during("read", () => Promise.reject(broken))).rejects.toBe(broken);
});
