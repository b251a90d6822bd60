import { AsyncLocalStorage } from "node:async_hooks";
import { createHash } from "node:crypto";
import { DeleteItemCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { encodeNpy } from "@sluice/contract/npy";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { ports } from "../../aws/ports.ts";
import { packageStage, removePackagedStages } from "../../build/package-stage.ts";
import { resource, resourcesOf } from "../../build/template.ts";
import { compute } from "../../jobs/run/compute.ts";
import { runJob } from "../../jobs/run/run.ts";
import { createResolver } from "../../local/cloudformation/resolve.ts";
import { accountId } from "../../local/cloudformation/template.ts";
import { createJobsTable } from "../support/aws/jobs-table.ts";
import { type StubCloud, startStubCloud } from "../support/aws/stub-cloud.ts";
import { api, others } from "../support/functions/handlers.ts";
import { type Call, call, lambdaContext, type Reply } from "../support/functions/stage.ts";
import { type AwsCall, onAwsCalls } from "../support/infra/aws-calls.ts";
import { actionsOf, allows, type Statement, statementsOf } from "../support/infra/policy.ts";
import { forged } from "../support/jobs/forged.ts";

/**
 * Whether each role is enough and no more: the functions run against a cloud that answers, every call they make is
 * held against the statements of their own role in the packaged template, and every grant must be needed by one.
 */
const image = `${accountId}.dkr.ecr.eu-west-1.amazonaws.com/sluice-test@sha256:${"0".repeat(64)}`;

/** Allowed, and not called here. */
const calledElsewhere = new Map([
  ["WriteOwnLog", "Lambda itself"],
  ["ConsumeMessages", "Lambda's pollers"],
  ["s3:AbortMultipartUpload", "whoever writes, when a part fails: tests/aws/s3/object-write.test.ts"],
  ["SendTraces", "Lambda's own tracing"],
  ["SendTaskTrace", "container/main.ts, once its job is done: tests/aws/telemetry.test.ts"],
]);

let cloud: StubCloud;
let roles: Map<string, Statement[]>;
/** Whose role a call is made with; calls of the tests themselves have none. */
const caller = new AsyncLocalStorage<string>();
const made = new Map<string, AwsCall[]>();

beforeAll(async () => {
  cloud = await startStubCloud();
  await createJobsTable();
  const { template } = await packageStage(
    "--stage",
    "test",
    "--param",
    `image=${image}`,
    "--param",
    "auth=none",
  );
  const place = { region: "eu-west-1", accountId };
  const surroundings = {
    region: place.region,
    stackName: "sluice-test",
    sqsUrl: String(process.env.AWS_ENDPOINT_URL),
  };
  const { resolve, environment } = createResolver(template, surroundings);
  const { Variables } = resource(template, "WorkLambdaFunction").Properties.Environment as {
    Variables: Record<string, unknown>;
  };
  for (const [name, value] of Object.entries(environment(Variables))) vi.stubEnv(name, value);
  vi.stubEnv("POWERTOOLS_LOG_LEVEL", "SILENT");
  vi.stubEnv("METRICS", "off");
  const ofRole = (role: string) => resolve(statementsOf(template, role)) as Statement[];
  roles = new Map(
    Object.keys(template.Resources)
      .filter((id) => resourcesOf(template, "AWS::IAM::Role").includes(resource(template, id)))
      .map((id) => [id, ofRole(id)]),
  );
  const taskRoles = ["TaskRole", "TaskExecutionRole"].map((id) =>
    String(resolve({ "Fn::GetAtt": [id, "Arn"] })),
  );
  onAwsCalls({ ...place, taskRoles }, (seen) => {
    const role = caller.getStore();
    if (role !== undefined) made.set(role, [...(made.get(role) ?? []), seen]);
  });
}, 120_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await cloud.stop();
  await removePackagedStages();
});
beforeEach(async () => {
  // The stage's first launch, and its first line, make the item that the slots are in.
  const table = new DynamoDBClient({});
  const Key = { pk: { S: "slots#fargate" } };
  await table.send(new DeleteItemCommand({ TableName: process.env.TABLE_NAME, Key }));
  table.destroy();
  cloud.ecs = () => ({ body: { tasks: [{ taskArn: taskArn("1") }], failures: [], taskArns: [] } });
});
afterEach(() => {
  cloud.instead = () => undefined;
});

const taskArn = (id: string) => `arn:aws:ecs:eu-west-1:${accountId}:task/sluice-test/${id}`;

/** Calls made meanwhile are this role's. */
const as = <Result>(role: string, run: () => Promise<Result>): Promise<Result> => caller.run(role, run);

const roleOf = (name: string) => `${name[0]?.toUpperCase()}${name.slice(1)}Role`;
const asked = (name: keyof typeof api, what: Call = {}): Promise<Reply> =>
  as(roleOf(name), () => call(api[name] as typeof api.submit, what));
const invoked = (name: keyof typeof others, event: unknown = {}): Promise<unknown> =>
  as(roleOf(name), async () => (others[name] as typeof others.sweep)(event, lambdaContext(120_000)));

async function submitted(body: unknown, headers = {}): Promise<string> {
  const reply = await asked("submit", { method: "POST", body, headers });
  expect(reply.status, reply.text).toBe(202);
  return reply.body.jobId;
}
async function uploaded(): Promise<string> {
  const file = encodeNpy({ shape: [2, 2], dtype: "float64", data: new Float64Array(4) });
  const { body } = await asked("uploads", { method: "POST", body: { bytes: file.byteLength } });
  const put = { method: "PUT", body: file as Uint8Array<ArrayBuffer> };
  expect((await fetch(body.url, put)).status).toBe(200);
  return body.uploadId;
}
const worked = () => invoked("work", { Records: [delivered(cloud.messages.at(-1))] });
const delivered = (body: string | undefined) => ({
  messageId: body,
  body,
  attributes: { ApproximateReceiveCount: "1" },
});
const statusOf = async (jobId: string) => (await ports().store.get(jobId))?.status;
/** As if it had expired. */
const lose = (part: string) => {
  for (const key of cloud.objects.keys()) if (key.includes(part)) cloud.objects.delete(key);
};

/** Too large for a record: it lies in the bucket. */
const data = { dataMatrix: Array.from({ length: 40 }, (_, row) => Array<number>(40).fill(row)) };
const nowhere = { inputs: { a: { upload: "0".repeat(26) } } };
const wait = { Prefer: "wait=1" };

test("a small job, read in every way, and its result once it has expired", async () => {
  const jobId = await submitted(data);
  await worked();
  for (const headers of [{}, wait]) expect((await asked("get", { jobId, headers })).status).toBe(200);
  expect((await asked("list")).body.jobs).toHaveLength(1);
  expect((await asked("status", { jobId })).body.status).toBe("COMPLETED");
  const forms = [{ Accept: "application/json" }, { Accept: "application/x-npy" }];
  const replies = forms.map((headers) => asked("result", { jobId, headers }));
  expect((await Promise.all(replies)).map((reply) => reply.status)).toEqual([200, 303]);
  lose(`${jobId}/out`);
  expect((await asked("result", { method: "HEAD", jobId })).status).toBe(410);
  await asked("get", { jobId, headers: wait });
  for (const name of ["operations", "health"] as const) expect((await asked(name)).status).toBe(200);
});

test("a wait that takes a slot, and the answer that comes in time", async () => {
  // An input that must be fetched goes by way of the queue.
  const body = { inputs: { a: { upload: await uploaded() } } };
  const jobId = await submitted(body, wait);
  await asked("get", { jobId, headers: wait });
  const before = cloud.messages.length;
  const answer = asked("submit", { method: "POST", body, headers: { Prefer: "wait=20" } });
  await vi.waitUntil(() => cloud.messages.length > before);
  await worked();
  expect((await answer).body.outputs.result.data).toHaveLength(2);
});

test("a wait that needs none: the job is computed at once, and its end published by sweep", async () => {
  for (const body of [data, { operation: "inv", dataMatrix: [[0]] }]) {
    const reply = await asked("submit", { method: "POST", body, headers: wait });
    expect([reply.status, reply.body.attempts.length]).toEqual([200, 1]);
  }
  await invoked("sweep");
});

test("two jobs that are not small in one batch: one is run, the other sent once more", async () => {
  const body = { target: "lambda", inputs: { a: { random: { shape: [1000, 1000] } } } };
  for (let job = 0; job < 2; job++)
    await submitted({ ...body, operation: "matmul", inputs: twice(body.inputs.a) });
  const before = cloud.messages.length;
  await invoked("work", { Records: cloud.messages.slice(-2).map(delivered) });
  expect(cloud.messages).toHaveLength(before + 1);
});
const twice = (a: unknown) => ({ a, b: a });

test("uploads and earlier outputs, there and not", async () => {
  const upload = await uploaded();
  // Its output is too large for its record.
  const parent = await submitted({ params: { columns: 600 }, inputs: { a: { upload } } });
  await worked();
  const chain = { operation: "fft2", inputs: { a: { job: parent, output: "result" } } };
  for (const body of [chain, { inputs: { a: { upload } } }])
    expect((await asked("plans", { method: "POST", body })).status).toBe(200);
  for (const name of ["plans", "submit"] as const)
    expect((await asked(name, { method: "POST", body: nowhere })).status).toBe(422);
  for (const body of [chain, { inputs: { a: { upload } } }]) await invoked("compute", body);
  await expect(invoked("compute", nowhere)).rejects.toThrow("no file of yours");
  await invoked("compute", { ...data, target: "fargate" });
  const waited = await submitted(data);
  const child = { operation: "fft2", inputs: { a: { job: waited, output: "result" } } };
  await submitted(child);
  await invoked("compute", child);
  // Its end sends both.
  await invoked("work", { Records: [delivered(await messageOf(waited))] });
  const expired = await submitted(data);
  lose(expired);
  await worked();
  expect(await statusOf(expired)).toBe("FAILED");
});

test("cancel and retry", async () => {
  const upload = await uploaded();
  for (const body of [data, { inputs: { a: { upload } } }]) {
    const jobId = await submitted(body);
    expect((await asked("cancel", { method: "DELETE", jobId })).status).toBe(200);
    expect((await asked("retry", { method: "POST", jobId })).status).toBe(202);
  }
  const unpublished = await submitted(data);
  cloud.instead = (name) => (name === "events.PutEvents" ? { status: 400, body: {} } : undefined);
  await asked("cancel", { method: "DELETE", jobId: unpublished });
  cloud.instead = () => undefined;
  expect((await asked("retry", { method: "POST", jobId: unpublished })).status).toBe(202);
  const jobId = await submitted(data);
  await asked("cancel", { method: "DELETE", jobId });
  lose(jobId);
  expect((await asked("retry", { method: "POST", jobId })).status).toBe(410);
});

test("batches: of every kind of input, with a key and without, and all that is done with them", async () => {
  const upload = await uploaded();
  const running = await submitted(data);
  const chained = { operation: "fft2", inputs: { a: { job: running, output: "result" } } };
  // An upload holds zeros.
  const singular = { operation: "inv", inputs: { a: { upload } } };
  const jobs = [
    { operation: "inv", dataMatrix: [[0]] },
    data,
    singular,
    { ...data, target: "fargate" },
    chained,
  ];
  const post = (headers: Record<string, string>, items: unknown[] = jobs) =>
    asked("batches", { method: "POST", body: { jobs: items }, headers });
  await post({ "Idempotency-Key": "k" });
  const posted = await post(wait);
  const { batchId } = posted.body;
  await invoked("work", { Records: cloud.messages.slice(-4).map(delivered) });
  await asked("batch", { batchId, headers: wait });
  movedMeanwhile();
  expect((await asked("batchRetry", { method: "POST", batchId })).status).toBe(202);
  cloud.instead = () => undefined;
  cloud.instead = (name) => (name === "events.PutEvents" ? { status: 400, body: {} } : undefined);
  await invoked("work", { Records: cloud.messages.slice(-2).map(delivered) });
  cloud.instead = () => undefined;
  lose(upload);
  await asked("batchRetry", { method: "POST", batchId });
  movedMeanwhile();
  expect((await asked("batchCancel", { method: "DELETE", batchId })).body.finished).toBe(true);
  expect((await asked("batchResult", { batchId })).status).toBe(200);
  lose("/out");
  expect((await asked("batchResult", { batchId })).status).toBe(410);
  expect((await post({}, [nowhere])).status).toBe(422);
});
/** The condition of the next update fails, so that the record is read. */
const movedMeanwhile = () => {
  cloud.instead = (name) => {
    if (name !== "dynamodb.UpdateItem") return undefined;
    cloud.instead = () => undefined;
    return { status: 400, body: { __type: "ConditionalCheckFailedException" } };
  };
};

test("the line, dead letters, lost messages, and tasks that claim no live job", async () => {
  const first = await submitted({ ...data, target: "fargate" });
  await ports().store.update(first, {}, forged({ step: "line", lineSince: Date.now() }));
  const lost = await submitted(data);
  const past = Date.now() - 3_600_000;
  await ports().store.update(lost, {}, forged({ sentAt: past, dueAt: past }));
  const dead = await submitted(data);
  letters(await messageOf(dead));
  cloud.ecs = (action) => {
    const stray = {
      taskArn: taskArn("9"),
      lastStatus: "RUNNING",
      startedBy: `${"1".repeat(26)}-1`,
      createdAt: 1,
    };
    return { body: action === "ListTasks" ? { taskArns: [stray.taskArn] } : { tasks: [stray] } };
  };
  await invoked("sweep");
  expect(await statusOf(dead)).toBe("FAILED");
  expect((await ports().store.get(lost))?.dispatch).toBe(2);
});

test("large jobs: started, stopped, settled", async () => {
  const stopped = (startedBy: string) => ({
    detail: {
      ...{ taskArn: taskArn("1"), lastStatus: "STOPPED", stopCode: "TaskFailedToStart", startedBy },
      stoppedReason: "CannotPullContainerError: image not found",
    },
  });
  const jobId = await submitted({ ...data, target: "fargate" });
  await worked();
  expect((await ports().store.get(jobId))?.taskArn).toBe(taskArn("1"));
  await asked("cancel", { method: "DELETE", jobId });
  const second = await submitted({ ...data, target: "fargate" });
  await worked();
  await invoked("settle", stopped(`${second}-2`));
  expect(await statusOf(second)).toBe("FAILED");
  // The next in line takes the slot of a task that ran, and the one after it that of a job that ended before its launch.
  const third = await submitted({ ...data, target: "fargate" });
  await worked();
  const inLine = await submitted({ ...data, target: "fargate" });
  await ports().store.update(inLine, {}, forged({ step: "line", lineSince: Date.now() }));
  await as("TaskRole", () => runJob({ jobId: third, dispatch: 2 }, { target: "fargate" }, compute, ports()));
  await invoked("settle", stopped(`${third}-2`));
  expect(await statusOf(third)).toBe("COMPLETED");
  expect((await ports().store.get(inLine))?.step).toBe("sent");
  await asked("cancel", { method: "DELETE", jobId: inLine });
  await worked();
});

test("what runs in a task", async () => {
  const machine = { target: "fargate", taskArn: taskArn("1") } as const;
  const run = (jobId: string) =>
    as("TaskRole", () => runJob({ jobId, dispatch: 1 }, machine, compute, ports()));
  const upload = await uploaded();
  for (const body of [data, { inputs: { a: { upload } } }]) {
    const jobId = await submitted({ ...body, target: "fargate" });
    await submitted({ operation: "fft2", inputs: { a: { job: jobId, output: "result" } } });
    expect(await run(jobId)).toBe("completed");
  }
  const jobId = await submitted({ ...data, target: "fargate" });
  lose(jobId);
  expect(await run(jobId)).toBe("failed");
});

test("dead letters, put back", async () => {
  const upload = await uploaded();
  const jobs = [await submitted(data), await submitted({ inputs: { a: { upload } } }), await submitted(data)];
  lose(jobs[2] ?? "");
  letters(...(await Promise.all(jobs.map(messageOf))));
  const { items } = (await invoked("redrive", { dryRun: false })) as { items: { action: string }[] };
  expect(items.map(({ action }) => action)).toEqual(["retried", "retried", "kept"]);
});

const messageOf = async (jobId: string) => {
  const { dispatch, route } = (await ports().store.get(jobId)) ?? {};
  return JSON.stringify({ v: 1, jobId, dispatch, target: route?.target });
};

const md5 = (text: string) => createHash("md5").update(text).digest("hex");

/** What the dead-letter queue holds. */
function letters(...bodies: string[]): void {
  const messages = bodies.map((Body, index) => ({
    ...{ MessageId: String(index), ReceiptHandle: String(index), Body, MD5OfBody: md5(Body) },
    Attributes: { SentTimestamp: String(Date.now()) },
  }));
  const answers: Record<string, unknown> = {
    "sqs.ReceiveMessage": { Messages: messages },
    "sqs.ChangeMessageVisibilityBatch": { Successful: [], Failed: [] },
    "sqs.DeleteMessage": {},
  };
  cloud.instead = (name) => {
    if (name === "sqs.GetQueueAttributes")
      return { body: { Attributes: { ApproximateNumberOfMessages: String(messages.length) } } };
    return name in answers ? { body: answers[name] } : undefined;
  };
}

test("every call is allowed by its own function's role", () => {
  const refused = [...made].flatMap(([role, calls]) =>
    calls
      .filter((one) => !allows(roles.get(role) ?? [], one))
      .map(({ action, resource: what }) => `${role}: ${action} on ${what}`),
  );
  expect([...new Set(refused)]).toEqual([]);
});

test("every grant is needed by a call", () => {
  const idle = [...roles].flatMap(([role, statements]) =>
    statements
      .filter(({ Sid = "" }) => !calledElsewhere.has(Sid))
      .flatMap((statement) =>
        actionsOf([statement])
          .filter((action) => !calledElsewhere.has(action))
          .filter(
            (action) => !made.get(role)?.some((one) => one.action === action && allows([statement], one)),
          )
          .map((action) => `${role}/${statement.Sid}: ${action}`),
      ),
  );
  // ECS itself acts with this one, to start a container.
  expect(idle.filter((grant) => !grant.startsWith("TaskExecutionRole/"))).toEqual([]);
});
