/**
 * The usual cure of express-spawn.ts: Express puts the matrix into S3 and a message into SQS, and answers 202 at once.
 * One Python worker that never stops polls the queue. The emulators are those of our local cloud, in a thread as there.
 *
 * It is the leanest of its kind, so that a comparison does not flatter us: no record in DynamoDB, no status but the
 * result's being there, no cancel, no retry.
 */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import path from "node:path";
import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateQueueCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import express, { json } from "express";
import { accountId } from "../../local/cloudformation/template.ts";
import { startEmulators } from "../../local/emulators/start.ts";
import { startProxies } from "../../local/faults/start.ts";
import { latencyAsked } from "../../local/latency/latency.ts";
import { temporaryFolder } from "../../local/workspace.ts";
import { listening } from "./listening.ts";

const region = "eu-west-1";
const Bucket = "jobs";
/** The only credentials that the local S3 accepts. */
const key = "S3RVER";

const emulators = await startEmulators({
  region,
  buckets: [{ name: Bucket }],
  folder: temporaryFolder(),
  keep: false,
});
const latency = latencyAsked(process.env.SLUICE_LATENCY);
const { urls } = latency ? await startProxies(emulators.urls, latency) : emulators;
const credentials = { accessKeyId: key, secretAccessKey: key };
const s3 = new S3Client({
  region,
  credentials,
  endpoint: urls.s3,
  requestChecksumCalculation: "WHEN_REQUIRED",
});
const sqs = new SQSClient({ region, credentials, endpoint: urls.sqs });
await sqs.send(new CreateQueueCommand({ QueueName: "jobs" }));
const QueueUrl = `${urls.sqs}/${accountId}/jobs`;

const worker = spawn("python3", [path.join(import.meta.dirname, "worker.py")], {
  stdio: ["ignore", "pipe", "inherit"],
  env: {
    ...process.env,
    QUEUE_URL: QueueUrl,
    BUCKET: Bucket,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: key,
    AWS_SECRET_ACCESS_KEY: key,
    AWS_ENDPOINT_URL_S3: urls.s3,
    AWS_ENDPOINT_URL_SQS: urls.sqs,
  },
});
process.once("exit", () => worker.kill("SIGKILL"));
worker.once("exit", (code) => {
  console.error(`the worker ended with ${code}`);
  process.exit(1);
});
await once(worker.stdout, "data");

const app = express();
app.use(json({ limit: "5mb" }));
app.post("/jobs", async (request, response) => {
  const jobId = randomUUID();
  await s3.send(
    new PutObjectCommand({ Bucket, Key: `inputs/${jobId}.json`, Body: JSON.stringify(request.body) }),
  );
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify({ jobId }) }));
  response.status(202).json({ jobId, status: "PENDING" });
});
app.get("/jobs/:jobId", async ({ params: { jobId = "" } }, response) => {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: `results/${jobId}.json` }));
    response.type("json").send((await Body?.transformToString()) ?? "");
  } catch (error) {
    if (!(error instanceof NoSuchKey)) throw error;
    response.json({ jobId, status: "PENDING" });
  }
});
listening(app);
