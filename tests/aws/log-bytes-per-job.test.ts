import { submitBody } from "@sluice/contract/submit";
import { validate } from "@sluice/contract/validate";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ports } from "../../aws/ports.ts";
import { inScope } from "../../aws/telemetry/log-scope.ts";
import { loggedBytes } from "../../jobs/cost/calls-per-job.ts";
import { sha256 } from "../../jobs/ids.ts";
import { settle } from "../../jobs/lifecycle/settle.ts";
import { parseMessage } from "../../jobs/message.ts";
import { compute } from "../../jobs/run/compute.ts";
import { work } from "../../jobs/run/dispatch.ts";
import { runJob } from "../../jobs/run/run.ts";
import { accept } from "../../jobs/submit/accept.ts";
import { prepare } from "../../jobs/submit/prepare.ts";
import { submit } from "../../jobs/submit/submit.ts";
import { sweep } from "../../jobs/sweep/sweep.ts";
import { createJobsTable } from "../support/aws/jobs-table.ts";
import { type StubCloud, stageVariables, startStubCloud } from "../support/aws/stub-cloud.ts";
import { stoppedTask } from "../support/jobs/memory-ports.ts";

/** What a job writes into the log, which is billed by the byte: docs/costs.md is computed from `loggedBytes`. */
let cloud: StubCloud;
const written: string[] = [];

beforeAll(async () => {
  cloud = await startStubCloud();
  await createJobsTable();
  for (const [name, value] of Object.entries(stageVariables())) vi.stubEnv(name, value);
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
});
afterAll(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await cloud.stop();
});

/** What functions/invocation.ts says of each invocation, as long as on AWS. */
const scope = {
  functionName: "sluice-production-submit",
  stage: "production",
  requestId: "8f6a1c52-0b7e-4b1d-9a55-6f0f6b0c7d1e",
  coldStart: false,
  trace: `Root=1-${"0".repeat(8)}-${"0".repeat(24)};Parent=${"0".repeat(16)};Sampled=1`,
};

/** Of what `action` logs. A rise is a rise of the bill; a fall by half means that the figure is of another time. */
async function expectLogged(figure: keyof typeof loggedBytes, action: () => Promise<unknown>): Promise<void> {
  written.length = 0;
  await inScope(scope, action);
  const bytes = Buffer.byteLength(written.join(""));
  expect(bytes, figure).toBeLessThanOrEqual(loggedBytes[figure]);
  expect(bytes, figure).toBeGreaterThanOrEqual(loggedBytes[figure] / 2);
}

const owner = "iam:AROAEXAMPLEEXAMPLE012";
const submitted = (target: string) => async () => {
  const body = validate(submitBody, { target, inputs: { a: { random: { shape: [64, 64] } } } });
  const prepared = await prepare(body, owner, ports());
  await submit(prepared, { requestHash: sha256(target) }, ports());
};
const message = () => parseMessage(cloud.messages.at(-1) ?? "");
const worked = () => work(message(), { target: "lambda", killedAt: Date.now() + 120_000 }, compute, ports());

test("a small job, and a large one, log no more than the figures", async () => {
  await expectLogged("submit", submitted("auto"));
  await expectLogged("run", worked);
  cloud.ecs = () => ({ body: { tasks: [{ taskArn: "arn:task/1" }], failures: [] } });
  await submitted("fargate")();
  await expectLogged("launch", worked);
  const launch = { jobId: message().jobId, dispatch: 2 };
  await expectLogged("run", () =>
    runJob(launch, { target: "fargate", taskArn: "arn:task/1" }, compute, ports()),
  );
  await expectLogged("settle", () =>
    settle(launch, stoppedTask("arn:task/1", "EssentialContainerExited", { exitCode: 0 }), ports()),
  );
});

test("a pass of sweep that finds nothing logs nothing", async () => {
  cloud.ecs = () => ({ body: { taskArns: [] } });
  cloud.messages.length = 0;
  await expectLogged("idleSweep", () => sweep(ports()));
});

test("a small job that is answered at once logs no more than the figure", async () => {
  await expectLogged("express", async () => {
    const body = validate(submitBody, { inputs: { a: { random: { shape: [64, 64] } } } });
    await accept(body, owner, { requestHash: sha256("express") }, ports(), compute);
  });
});
