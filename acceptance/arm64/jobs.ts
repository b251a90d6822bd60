import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { SQSBatchResponse } from "aws-lambda";
import type { LocalCloud } from "../../local/cloud.ts";
import type { Packaged } from "./packaged.ts";

/** A local cloud whose functions are the packaged ones and whose tasks run the image's files for arm64. */
export interface World {
  readonly cloud: LocalCloud;
  readonly packaged: Packaged;
  /** The command line of the arm64 Node. */
  readonly node: readonly string[];
}

/** EX_TEMPFAIL of container/main.ts: the job was given back. */
const givenBack = 75;

async function submit({ cloud, packaged }: World, body: object): Promise<string> {
  const { status, body: answer } = await packaged.request("submit", { method: "POST", body }, cloud);
  if (status !== 202) throw new Error(`expected 202, got ${status}: ${JSON.stringify(answer)}`);
  return answer.jobId;
}

const view = async ({ cloud, packaged }: World, jobId: string) =>
  (await packaged.request("get", { jobId }, cloud)).body;

const resultOf = async ({ cloud, packaged }: World, jobId: string): Promise<unknown> =>
  (await packaged.request("result", { jobId, headers: { accept: "application/json" } }, cloud)).body.result;

/** The message that submit sent, handed to `work` as SQS hands it over. Answers the CPU that `work` ran on. */
async function deliver({ cloud, packaged }: World, node?: readonly string[]): Promise<string> {
  const { AWS_REGION = "", AWS_ENDPOINT_URL_SQS = "" } = cloud.environment;
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const sqs = new SQSClient({ region: AWS_REGION, endpoint: AWS_ENDPOINT_URL_SQS, credentials });
  const QueueUrl = `${AWS_ENDPOINT_URL_SQS}/000000000000/sluice-dev-jobs`;
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 10, MessageSystemAttributeNames: ["All"] }),
  );
  const [message] = Messages;
  if (!message) throw new Error("expected a message in the queue, got none");
  const { MessageId: messageId, ReceiptHandle: receiptHandle, Body: body, Attributes: attributes } = message;
  const event = { Records: [{ messageId, receiptHandle, body, attributes, eventSource: "aws:sqs" }] };
  const { arch, answer } = await packaged.invoke("work", event, cloud, node);
  if ((answer as SQSBatchResponse).batchItemFailures.length > 0)
    throw new Error(`expected work to take the message, got ${JSON.stringify(answer)}`);
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: receiptHandle }));
  sqs.destroy();
  return arch;
}

function expectCompleted(job: { status: string; statusReason: string }): void {
  if (job.status !== "COMPLETED") throw new Error(`the job is ${job.status}: ${job.statusReason}`);
}

/** One job through the packaged `work` on arm64 and the same on this CPU: the same numbers to the last digit. */
export async function runPackagedWork(world: World): Promise<string> {
  const body = { inputs: { a: { random: { shape: [200, 200], seed: 1 } } }, params: { seed: 7 } };
  const results: string[] = [];
  const engines: string[] = [];
  for (const node of [world.node, undefined]) {
    const jobId = await submit(world, body);
    const arch = await deliver(world, node);
    const expected = node === undefined ? process.arch : "arm64";
    if (arch !== expected) throw new Error(`expected work to run on ${expected}, got ${arch}`);
    const job = await view(world, jobId);
    expectCompleted(job);
    engines.push(job.attempts[0].engine);
    results.push(JSON.stringify(await resultOf(world, jobId)));
  }
  if (engines[0] !== engines[1] || results[0] !== results[1])
    throw new Error(
      `expected the same numbers by the same engine on both CPUs, got them by ${engines.join(" and ")}`,
    );
  return `the packaged work: the default operation at 200×200 COMPLETED by ${engines[0]}, the same numbers as on ${process.arch}`;
}

const extent = 32;
const integers = (step: number): number[][] =>
  Array.from({ length: extent }, (_, row) =>
    Array.from({ length: extent }, (_, column) => ((row * step + column * 7) % 19) - 9),
  );

/** The task that `work` has started for the last job. */
function taskOf({ cloud }: World): string {
  const task = cloud.ecs.tasks().at(-1);
  if (!task) throw new Error("expected a task to be started, got none");
  return task.taskArn;
}

/** A product of whole numbers by the image's files: exact, and by OpenBLAS. */
export async function runImageJob(world: World): Promise<string> {
  const [a, b] = [integers(5), integers(11)] as const;
  const inputs = { a: { data: a }, b: { data: b } };
  const jobId = await submit(world, { operation: "matmul", inputs, target: "fargate" });
  await deliver(world);
  await world.cloud.ecs.stopped(taskOf(world));
  const job = await view(world, jobId);
  expectCompleted(job);
  const [{ engine }] = job.attempts;
  if (!/^native .*openblas.*armv8/i.test(engine))
    throw new Error(`expected the engine native by OpenBLAS for armv8, got ${engine}`);
  const product = a.map((row) =>
    row.map((_, column) => row.reduce((sum, value, k) => sum + value * (b[k]?.[column] ?? Number.NaN), 0)),
  );
  if (JSON.stringify(await resultOf(world, jobId)) !== JSON.stringify(product))
    throw new Error("expected the exact product of two matrices of whole numbers, got another");
  return `a task of the image: COMPLETED, exact, by ${engine}`;
}

/** Resolves when the task works on the job. @throws Error when it stops before */
async function claimed(world: World, jobId: string, stopped: Promise<void>): Promise<void> {
  let isStopped = false;
  void stopped.then(() => {
    isStopped = true;
  });
  // Each look starts a process: that is pause enough.
  while ((await view(world, jobId)).status !== "PROCESSING")
    if (isStopped) throw new Error("the task stopped before it began");
}

/** SIGTERM in the middle of a long product: the job is given back, and the exit code says so. */
export async function interruptImageJob(world: World): Promise<string> {
  const random = (seed: number) => ({ random: { shape: [1500, 1500], seed } });
  const inputs = { a: random(1), b: random(2) };
  const jobId = await submit(world, { operation: "matmul", inputs, target: "fargate" });
  await deliver(world);
  const taskArn = taskOf(world);
  const stopped = world.cloud.ecs.stopped(taskArn);
  await claimed(world, jobId, stopped);
  const asked = performance.now();
  world.cloud.ecs.interrupt(taskArn, "SpotInterruption", "acceptance");
  await stopped;
  const seconds = (performance.now() - asked) / 1000;
  const task = world.cloud.ecs.tasks().find((one) => one.taskArn === taskArn);
  const code = task?.containers[0]?.exitCode;
  const job = await view(world, jobId);
  if (code !== givenBack || job.attempts[0].outcome !== "interrupted" || job.finishedAt !== undefined)
    throw new Error(
      `expected exit code ${givenBack} and an interrupted attempt, got ${code}: ${JSON.stringify(job)}`,
    );
  return `SIGTERM to the task: exit code ${code} after ${seconds.toFixed(1)} s, the attempt interrupted, the job goes on`;
}
