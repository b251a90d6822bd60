import path from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { startDynamodb } from "./dynamodb.ts";
import type { EmulatorOptions } from "./emulator.ts";
import { startS3 } from "./s3.ts";
import { startSqs } from "./sqs.ts";

const { region, buckets, folder, keep }: EmulatorOptions = workerData;
const kept = (name: string): string | undefined => (keep ? path.join(folder, name) : undefined);

const [sqs, s3, dynamodb] = await Promise.all([
  startSqs(region, kept("sqs")),
  startS3(path.join(folder, "s3"), buckets),
  startDynamodb(kept("dynamodb")),
]);

parentPort?.once("message", async () => {
  await Promise.all([sqs.stop(), s3.stop(), dynamodb.stop()]);
  parentPort?.close();
});
parentPort?.postMessage({ sqs: sqs.url, s3: s3.url, dynamodb: dynamodb.url });
