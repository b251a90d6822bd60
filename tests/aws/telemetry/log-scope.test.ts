import { expect, test } from "vitest";
import { addContext, inScope, lineFields, scopeTrace } from "../../../aws/telemetry/log-scope.ts";

const root = "1-5759e988-bd862e3fe1be46a994272793";

test("a scope has the fields of the one around it, and gives it none back", async () => {
  await inScope({ requestId: "r", jobId: "outer" }, async () => {
    inScope({ jobId: "inner" }, () => {
      addContext({ owner: "me" });
      expect(lineFields()).toEqual({ requestId: "r", jobId: "inner", owner: "me" });
    });
    await Promise.resolve();
    expect(lineFields()).toEqual({ requestId: "r", jobId: "outer" });
  });
  expect(lineFields()).toEqual({});
});

test("outside of all scopes nothing is kept", () => {
  addContext({ jobId: "lost" });
  expect(lineFields({ own: 1 })).toEqual({ own: 1 });
  expect(scopeTrace()).toBeUndefined();
});

test("a line carries the id of the trace, under Powertools' name, and not its header", () => {
  const trace = `Root=${root};Sampled=1`;
  inScope({ trace }, () => {
    expect(scopeTrace()).toBe(trace);
    expect(lineFields({ jobId: "j" })).toEqual({ jobId: "j", xray_trace_id: root });
  });
});
