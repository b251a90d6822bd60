import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { Context } from "aws-lambda";
import { expect, test, vi } from "vitest";
import { httpEvent } from "../../acceptance/support/http-event.ts";
import { lineFields } from "../../aws/telemetry/log-scope.ts";
import { invocation } from "../../functions/invocation.ts";
import { lambdaContext } from "../support/functions/stage.ts";

const root = "1-5759e988-bd862e3fe1be46a994272793";
const context = (awsRequestId: string): Context => ({ ...lambdaContext(), awsRequestId });

test("each invocation has its own fields, also when two run in one process", async () => {
  vi.stubEnv("STAGE", "dev");
  const ask = invocation(async (_event: unknown, { awsRequestId }) => {
    await new Promise((resolve) => setImmediate(resolve));
    return { id: awsRequestId, fields: lineFields() };
  });
  const [first, second] = await Promise.all([ask({}, context("1")), ask({}, context("2"))]);
  vi.unstubAllEnvs();
  const common = { functionName: "test", stage: "dev", xray_trace_id: expect.stringMatching(/^1-/) };
  expect(first?.fields).toEqual({ ...common, requestId: "1", coldStart: true });
  expect(second?.fields).toEqual({ ...common, requestId: "2", coldStart: false });
  // Without Lambda's header each request is a trace of its own.
  expect(first?.fields.xray_trace_id).not.toBe(second?.fields.xray_trace_id);
});

test("a request is named as its caller is told, and the job in its path is its job", async () => {
  vi.stubEnv("_X_AMZN_TRACE_ID", `Root=${root};Parent=53995c3f42cd8ad8;Sampled=1;Lineage=1:a87bd80c:0`);
  const ask = invocation(async (_event: unknown) => lineFields());
  const event = httpEvent({ jobId: "j" });
  const fields = await ask(event, context("1"));
  vi.unstubAllEnvs();
  expect(fields).toMatchObject({
    requestId: event.requestContext.requestId,
    jobId: "j",
    xray_trace_id: root,
  });
});

test("every function of the project is wrapped", async () => {
  const folder = path.resolve(import.meta.dirname, "../../functions");
  const files = (await readdir(folder)).filter((name) => name.endsWith(".ts"));
  const sources = await Promise.all(files.map((file) => readFile(path.join(folder, file), "utf8")));
  const handlers = sources.filter((source) => /export const handler\b/.test(source));
  expect(handlers.length).toBeGreaterThan(14);
  for (const source of handlers) expect(source).toMatch(/export const handler = (invocation|endpoint|api)\(/);
  // An endpoint is an api, and an api wraps what it returns.
  expect(await readFile(path.join(folder, "http/endpoint.ts"), "utf8")).toMatch(/^ {2}return api\(/m);
  expect(await readFile(path.join(folder, "http/api.ts"), "utf8")).toMatch(/^ {2}return invocation\(/m);
});
