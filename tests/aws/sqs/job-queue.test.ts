import { createHash } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { jobQueue } from "../../../aws/sqs/job-queue.ts";
import { type StubCloud, startStubCloud } from "../../support/aws/stub-cloud.ts";

let cloud: StubCloud;

beforeAll(async () => {
  cloud = await startStubCloud();
});
afterAll(() => cloud.stop());
afterEach(() => {
  cloud.instead = () => undefined;
});

const many = (count: number) =>
  Array.from(
    { length: count },
    (_, index) => ({ v: 1, jobId: `job-${index}`, dispatch: 1, target: "lambda" }) as const,
  );

const md5 = (text: string) => createHash("md5").update(text).digest("hex");

/** The first `taken` entries are, the others are not. */
const halfTaken = (entries: readonly { Id: string; MessageBody: string }[], taken: number) => ({
  body: {
    Successful: entries
      .slice(0, taken)
      .map(({ Id, MessageBody }) => ({ Id, MessageId: Id, MD5OfMessageBody: md5(MessageBody) })),
    Failed: entries.slice(taken).map(({ Id }) => ({ Id, Code: "InternalError", SenderFault: false })),
  },
});

describe("the queue", () => {
  test("carries ids only, and tells its length", async () => {
    const queue = jobQueue(`${process.env.AWS_ENDPOINT_URL}/1/jobs`);
    const message = { v: 1, jobId: "0".repeat(26), dispatch: 1, target: "lambda" } as const;
    await queue.send(message);
    expect(JSON.parse(cloud.messages.at(-1) ?? "")).toEqual(message);
    // Those a poller holds are waiting too.
    expect(await queue.waiting()).toBe(cloud.messages.length + 3);
  });

  test("of a function that was not told where it is names the variable", async () => {
    await expect(jobQueue(undefined).waiting()).rejects.toThrow("QUEUE_URL is not set");
  });

  test("takes many, ten in a call, each with its trace", async () => {
    const queue = jobQueue(`${process.env.AWS_ENDPOINT_URL}/000000000000/jobs`);
    cloud.calls.length = 0;
    const sendings = many(25).map((message, index) => ({
      message,
      trace: index % 2 ? "Root=1-5759e988-bd862e3fe1be46a994272793" : undefined,
    }));
    expect(await queue.sendMany(sendings)).toEqual([]);
    expect(cloud.calls).toEqual(Array(3).fill("sqs.SendMessageBatch"));
    const sent = cloud.messages.slice(-25).map((text) => JSON.parse(text).jobId);
    expect(new Set(sent)).toEqual(new Set(sendings.map(({ message }) => message.jobId)));
    expect(cloud.traces.slice(-25).filter((trace) => trace !== undefined)).toHaveLength(12);
    expect(await queue.sendMany([])).toEqual([]);
  });

  test("is sent again what it did not take, and nothing else", async () => {
    const queue = jobQueue(`${process.env.AWS_ENDPOINT_URL}/000000000000/jobs`);
    cloud.messages.length = 0;
    let rounds = 0;
    cloud.instead = (call, body) => {
      if (call !== "sqs.SendMessageBatch" || rounds++ > 1) return undefined;
      const { Entries } = JSON.parse(body.toString()) as { Entries: { Id: string; MessageBody: string }[] };
      const half = Math.ceil(Entries.length / 2);
      for (const { MessageBody } of Entries.slice(0, half)) cloud.messages.push(MessageBody);
      return halfTaken(Entries, half);
    };
    const messages = many(8);
    expect(await queue.sendMany(messages.map((message) => ({ message })))).toEqual([]);
    expect(cloud.messages.map((text) => JSON.parse(text).jobId).sort()).toEqual(
      messages.map(({ jobId }) => jobId).sort(),
    );
  });

  test("answers what it never took", async () => {
    const queue = jobQueue(`${process.env.AWS_ENDPOINT_URL}/000000000000/jobs`);
    cloud.instead = (call, body) =>
      call === "sqs.SendMessageBatch" ? halfTaken(JSON.parse(body.toString()).Entries, 0) : undefined;
    const messages = many(3);
    expect(await queue.sendMany(messages.map((message) => ({ message })))).toEqual(messages);
  });

  test("sends the trace with the message", async () => {
    const queue = jobQueue(`${process.env.AWS_ENDPOINT_URL}/000000000000/jobs`);
    const message = { v: 1, jobId: "j", dispatch: 1, target: "lambda" } as const;
    await queue.send(message, `Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1`);
    await queue.send(message);
    expect(cloud.traces.slice(-2)).toEqual([`Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1`, undefined]);
  });
});
