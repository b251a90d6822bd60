import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ports } from "../../aws/ports.ts";
import { parseMessage } from "../../jobs/message.ts";
import { compute } from "../../jobs/run/compute.ts";
import { work } from "../../jobs/run/dispatch.ts";
import { createJobsTable } from "../support/aws/jobs-table.ts";
import { type StubCloud, stageVariables, startStubCloud } from "../support/aws/stub-cloud.ts";
import { lambdaMachine } from "../support/jobs/submitting.ts";
import { Campaign } from "./campaign.ts";
import { handlerTarget } from "./handlers.ts";
import { anyRequest, routes } from "./requests/requests.ts";

/** The bounded form of `npm run fuzz`: the handlers in this process, over a real table. */

let cloud: StubCloud;
beforeAll(async () => {
  cloud = await startStubCloud();
  await createJobsTable();
  const quiet = { AUTH: "none", POWERTOOLS_LOG_LEVEL: "SILENT", METRICS: "off", WAIT_HOLDERS: "1" };
  for (const [name, value] of Object.entries({ ...stageVariables(), ...quiet })) vi.stubEnv(name, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await cloud.stop();
});

/** Works on what the queue got, but for what is long: a few results are all that later requests need. */
async function worked(): Promise<void> {
  for (const text of cloud.messages.splice(0)) {
    const message = parseMessage(text);
    const job = await ports().store.get(message.jobId);
    if (job?.route.target !== "lambda" || job.route.estimate.seconds > 0.02) continue;
    await work(message, lambdaMachine(), compute, ports());
  }
}

test("500 requests over all routes: none fails, hangs or leaves a trace where it is refused", async () => {
  const campaign = new Campaign(handlerTarget(cloud, worked), "http://127.0.0.1:3000");
  await campaign.run(anyRequest(["wait=0"]), 500, 1);
  expect(campaign.failures).toEqual([]);
  expect(campaign.sent).toBeGreaterThanOrEqual(500);
  // A fuzz of nothing but refusals would find nothing behind them.
  expect(campaign.accepted.jobs.size).toBeGreaterThan(20);
  for (const route of routes)
    expect([...campaign.counts.keys()].some((name) => name.startsWith(route))).toBe(true);
});

test("all routes of serverless.yml are fuzzed", () => {
  const service = readFileSync(path.resolve(import.meta.dirname, "../../serverless.yml"), "utf8");
  const declared = service.matchAll(/httpApi: \{ method: (\w+), path: ("[^"]+"|[^", ]+)/g);
  expect([...declared].map(([, method, route]) => `${method} ${route?.replaceAll('"', "")}`).sort()).toEqual(
    [...routes].sort(),
  );
});
