/**
 * Writes tests/fixtures/versions/<folder>/: what this release leaves behind for the next one to go on with, taken from
 * a run of its own code. Run it once, when the version of messages or records is about to be raised, and before:
 *
 *     npx node tests/support/aws/freeze-version.ts v1
 *
 * The files are never edited: they are what lies in the tables and queues of those who update.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";
import { submitBody } from "@sluice/contract/submit";
import { validate } from "@sluice/contract/validate";
import { ports } from "../../../aws/ports.ts";
import { cancelJob } from "../../../jobs/api/own-jobs.ts";
import { sha256 } from "../../../jobs/ids.ts";
import { parseMessage } from "../../../jobs/message.ts";
import type { Compute } from "../../../jobs/ports.ts";
import { claim } from "../../../jobs/run/claim.ts";
import { work } from "../../../jobs/run/dispatch.ts";
import { prepare } from "../../../jobs/submit/prepare.ts";
import { submit } from "../../../jobs/submit/submit.ts";
import { createJobsTable } from "./jobs-table.ts";
import { stageVariables, startStubCloud, tableName } from "./stub-cloud.ts";

const folder = path.resolve(import.meta.dirname, "../../fixtures/versions", process.argv[2] ?? "");
const owner = "iam:AROAEXAMPLEEXAMPLE012";
const cloud = await startStubCloud();
await createJobsTable();
Object.assign(process.env, stageVariables(), { MAX_TASKS: "2", POWERTOOLS_LOG_LEVEL: "SILENT" });
const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const launches: unknown[] = [];
cloud.ecs = (_action, input) => {
  launches.push(input);
  return {
    body: {
      tasks: [{ taskArn: `arn:aws:ecs:eu-west-1:000000000000:task/t/${launches.length}` }],
      failures: [],
    },
  };
};

function write(name: string, content: unknown): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `${name}.json`), `${JSON.stringify(content, bytesAsText, 2)}\n`);
}

/** As DynamoDB's own JSON has them. */
function bytesAsText(_name: string, value: unknown): unknown {
  return value instanceof Uint8Array ? { B: Buffer.from(value).toString("base64") } : value;
}

async function freeze(name: string, jobId: string): Promise<void> {
  const { Item } = await client.send(new GetCommand({ TableName: tableName, Key: { pk: `job#${jobId}` } }));
  write(`record-${name}`, Item);
}

async function submitted(body: unknown = {}): Promise<string> {
  const checked = validate(submitBody, { inputs: { a: { random: { shape: [4, 4] } } }, ...(body as object) });
  const prepared = await prepare(checked, owner, ports());
  const labels = { team: "spectroscopy" };
  const requestHash = sha256(JSON.stringify(body));
  const { job } = await submit({ ...prepared, labels }, { requestHash }, ports());
  return job.jobId;
}

const sum: Compute = async ({ inputs }) => ({ result: inputs.a as never });
const crash: Compute = async () => {
  throw new Error("planted");
};
const lambda = () => ({ target: "lambda", killedAt: Date.now() + 120_000 }) as const;
const message = () => parseMessage(cloud.messages.at(-1) ?? "");

const sent = await submitted({
  dataMatrix: [
    [1, 2],
    [3, 4],
  ],
  inputs: undefined,
});
await freeze("sent", sent);
write("message-lambda", JSON.parse(cloud.messages.at(-1) ?? ""));

const claimed = await submitted();
await claim(claimed, 1, lambda(), ports());
await freeze("processing-lambda", claimed);

const released = await submitted();
await work(message(), lambda(), crash, ports());
await freeze("send", released);

const completed = await submitted({
  dataMatrix: [
    [1, 2],
    [3, 4],
  ],
  inputs: undefined,
});
await work(message(), lambda(), sum, ports());
await freeze("completed", completed);

const cancelled = await submitted();
await cancelJob(cancelled, owner, ports());
await freeze("cancelled", cancelled);

const failed = await submitted();
await work(
  message(),
  lambda(),
  async () => {
    const { Problem } = await import("@sluice/contract/problem");
    throw new Problem("singular-matrix", "the matrix is singular");
  },
  ports(),
);
await freeze("failed", failed);

const large = { target: "fargate" };
const launched = await submitted(large);
write("message-fargate", JSON.parse(cloud.messages.at(-1) ?? ""));
await work(message(), lambda(), sum, ports());
await freeze("launched", launched);
write("run-task", launches[0]);

const running = await submitted(large);
await work(message(), lambda(), sum, ports());
await claim(
  running,
  2,
  { target: "fargate", taskArn: "arn:aws:ecs:eu-west-1:000000000000:task/t/2", vcpu: 1 },
  ports(),
);
await freeze("processing-fargate", running);

const inLine = await submitted(large);
await work(message(), lambda(), sum, ports());
await freeze("line", inLine);
const { Item: slots } = await client.send(
  new GetCommand({ TableName: tableName, Key: { pk: "slots#fargate" } }),
);
write("slots", slots);

const parent = await submitted();
const child = await submitted({ inputs: { a: { job: parent } } });
await freeze("inputs", child);
await freeze("waited-for", parent);

client.destroy();
await cloud.stop();
