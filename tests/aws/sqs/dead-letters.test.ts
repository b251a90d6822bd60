import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { sqs } from "../../../aws/sqs/client.ts";
import { deadLetters } from "../../../aws/sqs/dead-letters.ts";
import type { DeadLetters } from "../../../jobs/ports.ts";
import type { Emulator } from "../../../local/emulators/emulator.ts";
import { startSqs } from "../../../local/emulators/sqs.ts";

let emulator: Emulator;
let letters: DeadLetters;
let queueUrl: string;
/** What was asked of SQS, in order. */
const asked: { readonly command: string; readonly input: Record<string, unknown> }[] = [];
let queues = 0;

beforeAll(async () => {
  emulator = await startSqs("eu-west-1");
  vi.stubEnv("AWS_ENDPOINT_URL_SQS", emulator.url);
  vi.stubEnv("AWS_REGION", "eu-west-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  sqs().middlewareStack.add(
    (next, { commandName = "" }) =>
      (sent) => {
        asked.push({
          command: commandName.replace("Command", ""),
          input: { ...sent.input } as Record<string, unknown>,
        });
        return next(sent);
      },
    { step: "initialize" },
  );
});
afterAll(async () => {
  vi.unstubAllEnvs();
  sqs().destroy();
  await emulator.stop();
});
beforeEach(async () => {
  const QueueName = `dead-${queues++}`;
  await sqs().send(new CreateQueueCommand({ QueueName }));
  // The URL that SQS answers names a host that only AWS resolves.
  queueUrl = `${emulator.url}/000000000000/${QueueName}`;
  letters = deadLetters(queueUrl);
  asked.length = 0;
});

async function dead(count: number): Promise<string[]> {
  const texts = Array.from({ length: count }, (_, index) => `letter ${index}`);
  await Promise.all(
    texts.map((MessageBody) => sqs().send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody }))),
  );
  asked.length = 0;
  return texts.sort();
}

const textsOf = (read: readonly { text: string }[]) => read.map(({ text }) => text).sort();

describe("dead letters", () => {
  test("are read in batches, each once, with the time they were sent", async () => {
    const before = Date.now();
    const texts = await dead(25);
    expect(await letters.count()).toBe(25);
    const read = await letters.read(100);
    expect(textsOf(read)).toEqual(texts);
    for (const { sentAt } of read) {
      expect(sentAt).toBeGreaterThanOrEqual(before);
      expect(sentAt).toBeLessThanOrEqual(Date.now());
    }
    expect(asked.map(({ command }) => command)).toEqual([
      "GetQueueAttributes",
      "GetQueueAttributes",
      ...Array(3).fill("ReceiveMessage"),
    ]);
    for (const [index, { input }] of asked.slice(2).entries()) {
      // A reader that dies hides them for no longer; and every server of the queue is asked.
      expect(input).toMatchObject({ VisibilityTimeout: 30, MaxNumberOfMessages: [10, 10, 5][index] });
      expect(input.WaitTimeSeconds).toBeGreaterThan(0);
    }
  });

  test("stay readable: hidden while they are looked at, all there again when given back", async () => {
    const texts = await dead(12);
    const read = await letters.read(100);
    expect(await letters.count()).toBe(0);
    await letters.putBack(read);
    expect(asked.filter(({ command }) => command === "ChangeMessageVisibilityBatch")).toHaveLength(2);
    expect(await letters.count()).toBe(12);
    expect(textsOf(await letters.read(100))).toEqual(texts);
  });

  test("are read up to the limit and no further", async () => {
    await dead(15);
    expect(await letters.read(12)).toHaveLength(12);
    expect(asked.slice(1).map(({ input }) => input.MaxNumberOfMessages)).toEqual([10, 2]);
    expect(await letters.count()).toBe(3);
  });

  test("are removed one at a time; the others stay", async () => {
    await dead(3);
    const [first, ...rest] = await letters.read(3);
    if (!first) throw new Error("there are three");
    await letters.remove(first);
    await letters.putBack(rest);
    expect(textsOf(await letters.read(100))).toEqual(textsOf(rest));
  });

  test("that one cannot give back do not keep the others", async () => {
    const texts = await dead(3);
    const read = await letters.read(3);
    const broken = { handle: "no such handle", text: "", sentAt: 0 };
    await letters.putBack([broken, ...read]);
    expect(textsOf(await letters.read(100))).toEqual(texts);
  });

  test("none: nothing is read, given back or counted", async () => {
    expect([await letters.count(), await letters.read(100)]).toEqual([0, []]);
    asked.length = 0;
    await letters.putBack([]);
    expect(asked).toEqual([]);
  });

  test("that another reader holds by now are fewer than were counted, and nobody waits for them", async () => {
    await dead(1);
    let counted = false;
    sqs().middlewareStack.add(
      (next, { commandName }) =>
        async (sent) => {
          const answer = await next(sent);
          if (commandName === "GetQueueAttributesCommand" && !counted) {
            counted = true;
            await sqs().send(new ReceiveMessageCommand({ QueueUrl: queueUrl }));
          }
          return answer;
        },
      { step: "initialize", name: "another reader" },
    );
    expect(await letters.read(100)).toEqual([]);
    sqs().middlewareStack.remove("another reader");
    expect(counted).toBe(true);
  });

  test("of a function that was not told where they are name the variable", async () => {
    await expect(deadLetters(undefined).count()).rejects.toThrow("DEAD_LETTER_QUEUE_URL is not set");
  });
});
