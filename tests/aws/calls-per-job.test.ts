import { encodeNpy } from "@sluice/contract/npy";
import { submitBody } from "@sluice/contract/submit";
import { validate } from "@sluice/contract/validate";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { ports } from "../../aws/ports.ts";
import { type Calls, counted } from "../../jobs/cost/calls-per-job.ts";
import { sha256 } from "../../jobs/ids.ts";
import { settle } from "../../jobs/lifecycle/settle.ts";
import { parseMessage } from "../../jobs/message.ts";
import type { Job } from "../../jobs/record.ts";
import { claim } from "../../jobs/run/claim.ts";
import { compute } from "../../jobs/run/compute.ts";
import { work } from "../../jobs/run/dispatch.ts";
import { startHeartbeat } from "../../jobs/run/heartbeat.ts";
import { runJob } from "../../jobs/run/run.ts";
import { accept } from "../../jobs/submit/accept.ts";
import { prepare } from "../../jobs/submit/prepare.ts";
import { submit } from "../../jobs/submit/submit.ts";
import { openUpload } from "../../jobs/submit/uploads.ts";
import { publishOutbox } from "../../jobs/sweep/outbox.ts";
import { sweep } from "../../jobs/sweep/sweep.ts";
import { timing } from "../../jobs/timing.ts";
import { createJobsTable } from "../support/aws/jobs-table.ts";
import { type StubCloud, stageVariables, startStubCloud } from "../support/aws/stub-cloud.ts";
import { writeMeter } from "../support/aws/write-units.ts";
import { stoppedTask } from "../support/jobs/memory-ports.ts";

/**
 * What a job costs in round trips to AWS, counted where they arrive. At 64×64 they are nearly all of the
 * time between submit and result: each is 2–5 ms in a region, and they come one after the other.
 * docs/costs.md and the dollars of a job are computed from `counted`: what changes here changes them.
 */
let cloud: StubCloud;
const meter = writeMeter();

/** What was asked for since the last time. */
function asked(): Calls {
  return { calls: cloud.calls.splice(0), writeUnits: meter(cloud.exchanges.splice(0)) };
}

/** Those that are made side by side arrive in any order. */
const sorted = ({ calls, writeUnits }: Calls): Calls => ({ calls: [...calls].sort(), writeUnits });
const anyOrder = (calls: readonly string[]) => [...calls].sort();

beforeAll(async () => {
  cloud = await startStubCloud();
  await createJobsTable();
  const quiet = { POWERTOOLS_LOG_LEVEL: "SILENT", METRICS: "off" };
  for (const [name, value] of Object.entries({ ...stageVariables(), ...quiet })) vi.stubEnv(name, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await cloud.stop();
});
beforeEach(() => {
  asked();
  cloud.loseReplies = false;
});

/** After the record says COMPLETED: the event, and the note that it is out. Nobody who waits for the job waits for them. */
const told = ["events.PutEvents", "dynamodb.UpdateItem"];

const matrix = Array.from({ length: 64 }, (_, row) =>
  Array.from({ length: 64 }, (_, column) => row * column),
);

// As long as real ones: what a record's write costs goes by its kilobytes.
const owner = "iam:AROAEXAMPLEEXAMPLE012";
const labels = { team: "spectroscopy", series: "2026-11 autumn" };

async function submitted(body: unknown): Promise<Job> {
  const checked = validate(submitBody, body);
  const prepared = await prepare(checked, owner, ports());
  const requestHash = sha256(JSON.stringify(body));
  const { job } = await submit(prepared, { requestHash }, ports());
  return job;
}

async function worked(): Promise<string> {
  const message = parseMessage(cloud.messages.at(-1) ?? "");
  return work(message, { target: "lambda", killedAt: Date.now() + 120_000 }, compute, ports());
}

// First of all: later there are jobs to look at.
test("a stage with nothing in it is swept in so many", async () => {
  cloud.ecs = () => ({ body: { taskArns: [] } });
  await sweep(ports());
  expect(asked()).toEqual(counted.idleSweep);
});

describe("a small job", () => {
  test("is submitted in three calls", async () => {
    await submitted({ dataMatrix: matrix, labels });
    expect(sorted(asked())).toEqual(sorted(counted.submit));
  });

  test("is worked on in four, its end told in two, and looked at in one", async () => {
    const { jobId } = await submitted({ dataMatrix: matrix, labels });
    asked();
    expect(await worked()).toBe("completed");
    expect(sorted(asked())).toEqual(sorted(counted.run));
    expect((await ports().store.get(jobId))?.status).toBe("COMPLETED");
    expect(asked()).toEqual(counted.look);
  });

  test("whose caller waits is computed in two, and its end published by sweep in three", async () => {
    const body = { dataMatrix: matrix, labels };
    const request = { requestHash: sha256(JSON.stringify(body)), idempotencyKey: "order-7" };
    const { job } = await accept(validate(submitBody, body), owner, request, ports(), compute);
    expect(job.status).toBe("COMPLETED");
    expect(asked()).toEqual(counted.express);
    await publishOutbox(ports(), Date.now());
    const { calls, writeUnits } = asked();
    const ofTheJob = calls.filter((call) => call !== "dynamodb.Query");
    expect({ calls: ofTheJob, writeUnits }).toEqual(counted.publish);
  });

  test("of 16×16 has its arrays in its record: two calls, four, and one when it is answered at once", async () => {
    const small = matrix.slice(0, 16).map((row) => row.slice(0, 16));
    await submitted({ dataMatrix: small, labels });
    expect(sorted(asked())).toEqual(sorted(counted.smallSubmit));
    expect(await worked()).toBe("completed");
    expect(sorted(asked())).toEqual(sorted(counted.smallRun));
    const body = { dataMatrix: small, labels };
    const request = { requestHash: sha256(JSON.stringify(body)) };
    const { job } = await accept(validate(submitBody, body), owner, request, ports(), compute);
    expect(job.status).toBe("COMPLETED");
    expect(asked()).toEqual(counted.smallExpress);
  });

  test("whose Idempotency-Key was used before costs one call more", async () => {
    const body = { dataMatrix: matrix };
    const request = { requestHash: sha256(JSON.stringify(body)), idempotencyKey: "order-8" };
    await accept(validate(submitBody, body), owner, request, ports(), compute);
    asked();
    await accept(validate(submitBody, body), owner, request, ports(), compute);
    expect(asked().calls).toEqual(["s3.PUT", "dynamodb.PutItem", "dynamodb.GetItem"]);
  });

  test("that takes longer beats in one", async () => {
    const { jobId } = await submitted({ dataMatrix: matrix });
    const machine = { target: "lambda", killedAt: Date.now() + 120_000 } as const;
    const job = await claim(jobId, 1, machine, ports());
    if (!job) throw new Error("a new job can be claimed");
    asked();
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    let now = Date.now();
    try {
      const beat = startHeartbeat(job, machine, { ...ports(), now: () => now });
      now += timing.beat;
      vi.advanceTimersByTime(timing.watch);
      await beat.stop();
    } finally {
      vi.useRealTimers();
    }
    expect(asked()).toEqual(counted.beat);
  });

  test("on generated input in two and three", async () => {
    await submitted({ inputs: { a: { random: { shape: [64, 64] } } } });
    expect(anyOrder(cloud.calls)).toEqual(["dynamodb.PutItem", "sqs.SendMessage"]);
    cloud.calls.length = 0;
    await worked();
    expect(cloud.calls).toEqual(["dynamodb.UpdateItem", "s3.PUT", "dynamodb.UpdateItem", ...told]);
  });

  test("whose message comes again costs two: the claim that loses, and one look", async () => {
    await submitted({ dataMatrix: matrix });
    await worked();
    cloud.calls.length = 0;
    expect(await worked()).toBe("lost");
    // And its input, which is read beside the claim.
    expect(anyOrder(cloud.calls)).toEqual(["dynamodb.GetItem", "dynamodb.UpdateItem", "s3.GET"]);
  });
});

describe("a job on what is not in its body", () => {
  test("looks at an upload in one call, of 16 KiB", async () => {
    const { uploadId, url } = await openUpload(owner, 128 + 8 * 64 * 64, ports());
    const file = encodeNpy({ shape: [64, 64], dtype: "float64", data: new Float64Array(64 * 64) });
    expect((await fetch(url, { method: "PUT", body: file as Uint8Array<ArrayBuffer> })).status).toBe(200);
    cloud.calls.length = 0;
    await submitted({ inputs: { a: { upload: uploadId } } });
    expect(anyOrder(cloud.calls)).toEqual(["dynamodb.PutItem", "s3.GET", "sqs.SendMessage"]);
    cloud.calls.length = 0;
    expect(await worked()).toBe("completed");
    expect(anyOrder(cloud.calls)).toEqual(
      anyOrder(["dynamodb.UpdateItem", "s3.GET", "s3.PUT", "dynamodb.UpdateItem", ...told]),
    );
  });

  test("waits in three calls, and is sent in four by its parent's end", async () => {
    const parent = await submitted({ dataMatrix: matrix });
    cloud.calls.length = 0;
    const child = await submitted({ operation: "fft2", inputs: { a: { job: parent.jobId } } });
    expect(cloud.calls).toEqual(["dynamodb.GetItem", "dynamodb.PutItem", "dynamodb.UpdateItem"]);
    cloud.calls.length = 0;
    expect(await worked()).toBe("completed");
    const own = ["dynamodb.UpdateItem", "s3.GET", "s3.PUT", "dynamodb.UpdateItem"];
    const send = ["dynamodb.GetItem", "dynamodb.GetItem", "dynamodb.UpdateItem", "sqs.SendMessage"];
    expect(anyOrder(cloud.calls)).toEqual(anyOrder([...own, ...send, ...told]));
    expect(parseMessage(cloud.messages.at(-1) ?? "").jobId).toBe(child.jobId);
    cloud.calls.length = 0;
    expect(await worked()).toBe("completed");
    expect(anyOrder(cloud.calls)).toEqual(anyOrder([...own, ...told]));
  });
});

describe("a large job", () => {
  const launched = async () => {
    await submitted({ target: "fargate", dataMatrix: matrix, labels });
    asked();
    return worked();
  };
  // The stage's first launch makes the item that its slots are in.
  beforeAll(async () => {
    cloud.ecs = () => ({ body: { tasks: [{ taskArn: "arn:task/1" }], failures: [] } });
    await launched();
  });

  test("is launched in four, run in six as a small one, and settled in four", async () => {
    expect(await launched()).toBe("launched");
    expect(asked()).toEqual(counted.launch);
    const { jobId } = parseMessage(cloud.messages.at(-1) ?? "");
    const launch = { jobId, dispatch: 2 };
    const machine = { target: "fargate", taskArn: "arn:task/1" } as const;
    expect(await runJob(launch, machine, compute, ports())).toBe("completed");
    expect(asked()).toEqual(counted.run);
    await settle(launch, stoppedTask("arn:task/1", "EssentialContainerExited", { exitCode: 0 }), ports());
    expect(asked()).toEqual(counted.settle);
  });

  test("that ECS has no room for gives its slot back", async () => {
    cloud.ecs = () => ({ body: { tasks: [], failures: [{ reason: "RESOURCE:CPU" }] } });
    const before = await ports().slots.held();
    expect(await launched()).toBe("waiting");
    expect(await ports().slots.held()).toEqual(before);
  });

  test("that perhaps started keeps it: sweep finds out", async () => {
    cloud.ecs = () => ({ status: 500, body: { __type: "ServerException" } });
    const before = await ports().slots.held();
    expect(await launched()).toBe("waiting");
    expect(await ports().slots.held()).toHaveLength(before.length + 1);
  });
});

test("with every reply of the table lost, a job still ends in exactly one result", async () => {
  cloud.loseReplies = true;
  const { jobId } = await submitted({ dataMatrix: matrix });
  expect((await Promise.all([worked(), worked()])).sort()).toEqual(["completed", "lost"]);
  const job = await ports().store.get(jobId);
  expect(job).toMatchObject({ status: "COMPLETED", attempts: [{ outcome: "completed" }], rev: 3 });
  expect([...cloud.objects.keys()].filter((key) => key.startsWith(`jobs/${jobId}/out/`))).toHaveLength(1);
});
