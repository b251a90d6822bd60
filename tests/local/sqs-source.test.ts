import {
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import type { SQSEvent } from "aws-lambda";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Template } from "../../local/cloudformation/template.ts";
import { failed, type Invocation } from "../../local/lambda/function.ts";
import { QueueClient } from "../../local/lambda/queue-client.ts";
import { startSqsPoller } from "../../local/lambda/sqs-source.ts";
import { createLog } from "../../local/log.ts";
import { bundleFolder, lambdaFunction } from "../support/local/bundles.ts";
import { startLocalCloud, type TestCloud } from "../support/local/local-cloud.ts";
import { clientSettings } from "../support/local/settings.ts";

const visibilitySeconds = 1;
const names = ["Done", "Redelivered", "Poison", "Partial", "Stopped", "Whole", "Wakeup"];

/** One queue, with its own dead-letter queue, for each test. */
const template: Template = {
  Resources: Object.fromEntries(
    names.flatMap((name) => [
      [`${name}Dead`, { Type: "AWS::SQS::Queue", Properties: { QueueName: `${name}-dead` } }],
      [
        name,
        {
          Type: "AWS::SQS::Queue",
          Properties: {
            QueueName: name,
            VisibilityTimeout: visibilitySeconds,
            RedrivePolicy: {
              deadLetterTargetArn: { "Fn::GetAtt": [`${name}Dead`, "Arn"] },
              maxReceiveCount: 2,
            },
          },
        },
      ],
    ]),
  ),
};

let cloud: TestCloud;
let sqs: SQSClient;
let queue: QueueClient;
const folder = bundleFolder();

beforeAll(async () => {
  cloud = await startLocalCloud({ template });
  sqs = new SQSClient(clientSettings(cloud, "SQS"));
  queue = new QueueClient(cloud.urls.sqs);
});

afterAll(async () => {
  sqs.destroy();
  queue.close();
  await cloud.stop();
  folder.remove();
});

const url = (name: string): string => String(cloud.resolver.resolve({ Ref: name }));

function source(name: string, overrides: { batchSize?: number; reportsBatchItemFailures?: boolean } = {}) {
  const queueArn = String(cloud.resolver.resolve({ "Fn::GetAtt": [name, "Arn"] }));
  return {
    queueUrl: url(name),
    queueArn,
    batchSize: 1,
    concurrency: 1,
    reportsBatchItemFailures: false,
    ...overrides,
  };
}

async function counts(name: string): Promise<{ visible: number; inFlight: number }> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: url(name),
      AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    }),
  );
  return {
    visible: Number(Attributes.ApproximateNumberOfMessages),
    inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible),
  };
}

const empty = { visible: 0, inFlight: 0 };

/** The next message of a queue, waited for. */
async function next(name: string): Promise<string | undefined> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: url(name), WaitTimeSeconds: 10, VisibilityTimeout: 60 }),
  );
  return Messages[0]?.Body;
}

const send = (name: string, body: string) =>
  sqs.send(new SendMessageCommand({ QueueUrl: url(name), MessageBody: body }));

const fine: Invocation = { payload: "null" };

/** Runs a poller whose function is `answer`, and records what it was invoked with. */
function poll(
  from: ReturnType<typeof source>,
  answer: (event: SQSEvent, call: number) => Promise<Invocation> | Invocation,
) {
  const events: SQSEvent[] = [];
  const heard = new EventTarget();
  const poller = startSqsPoller(
    from,
    queue,
    async (event) => {
      events.push(event);
      heard.dispatchEvent(new Event("invoked"));
      return answer(event, events.length);
    },
    createLog({ debug: false, write: () => {} }),
  );
  return {
    events,
    stop: () => poller.stop(),
    async invoked(times: number): Promise<void> {
      while (events.length < times) {
        await new Promise((resolve) => heard.addEventListener("invoked", resolve, { once: true }));
      }
    },
  };
}

test("what succeeds is deleted, and the event is Lambda's", async () => {
  const poller = poll(source("Done"), () => fine);
  await send("Done", "one");
  await poller.invoked(1);
  await poller.stop();
  expect(await counts("Done")).toEqual(empty);
  expect(poller.events[0]?.Records).toMatchObject([
    {
      body: "one",
      eventSource: "aws:sqs",
      eventSourceARN: "arn:aws:sqs:eu-west-1:000000000000:Done",
      awsRegion: "eu-west-1",
      attributes: { ApproximateReceiveCount: "1" },
    },
  ]);
});

test("what fails comes back when its visibility has run out, not before", async () => {
  const at: number[] = [];
  const poller = poll(source("Redelivered"), (_, call) => {
    at.push(performance.now());
    return call === 1 ? failed({ errorType: "Error", errorMessage: "first try" }) : fine;
  });
  await send("Redelivered", "again");
  await poller.invoked(2);
  await poller.stop();
  expect(poller.events[1]?.Records[0]?.attributes.ApproximateReceiveCount).toBe("2");
  expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(visibilitySeconds * 1000 - 50);
  expect(await counts("Redelivered")).toEqual(empty);
});

test("what always fails ends in the dead-letter queue after maxReceiveCount, and what follows it runs", async () => {
  const poller = poll(source("Poison"), (event) =>
    event.Records[0]?.body === "poison" ? failed({ errorType: "Error", errorMessage: "always" }) : fine,
  );
  await send("Poison", "poison");
  await send("Poison", "good");
  expect(await next("PoisonDead")).toBe("poison");
  await poller.stop();
  const bodies = poller.events.map((event) => event.Records[0]?.body);
  expect(bodies.filter((body) => body === "poison")).toHaveLength(2);
  expect(bodies).toContain("good");
  expect(await counts("Poison")).toEqual(empty);
});

describe("a batch", () => {
  const batch = async (name: string) => {
    const Entries = ["a", "b", "c"].map((body) => ({ Id: body, MessageBody: body }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl: url(name), Entries }));
  };

  test("whose function reports failures keeps those in flight and deletes the rest", async () => {
    await batch("Partial");
    const poller = poll(source("Partial", { batchSize: 10, reportsBatchItemFailures: true }), (event) => {
      const bad = event.Records.find(({ body }) => body === "b");
      return { payload: JSON.stringify({ batchItemFailures: [{ itemIdentifier: bad?.messageId }] }) };
    });
    await poller.invoked(1);
    await poller.stop();
    expect(await counts("Partial")).toEqual({ visible: 0, inFlight: 1 });
  });

  test("fails whole when the report names a message that is not in it", async () => {
    await batch("Whole");
    const poller = poll(source("Whole", { batchSize: 10, reportsBatchItemFailures: true }), () => ({
      payload: JSON.stringify({ batchItemFailures: [{ itemIdentifier: "" }] }),
    }));
    await poller.invoked(1);
    await poller.stop();
    expect(await counts("Whole")).toEqual({ visible: 0, inFlight: 3 });
  });
});

test("a poller that was stopped takes no message with it", async () => {
  const poller = poll(source("Stopped"), () => fine);
  // A first message shows that it polls; it is then waiting for the next.
  await send("Stopped", "first");
  await poller.invoked(1);
  await poller.stop();
  await send("Stopped", "second");
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: url("Stopped"),
      WaitTimeSeconds: 5,
      MessageSystemAttributeNames: ["ApproximateReceiveCount"],
    }),
  );
  expect(Messages).toMatchObject([{ Body: "second", Attributes: { ApproximateReceiveCount: "1" } }]);
});

test("a message wakes a waiting function in a child process", async () => {
  const bundle = folder.write(
    "awake",
    `exports.handler = async (e) => { console.log("got " + e.Records[0].body) }`,
  );
  const { queueArn, queueUrl } = source("Wakeup");
  await cloud.lambda.add({
    ...lambdaFunction(bundle),
    warm: 1,
    triggers: [
      {
        kind: "sqs",
        source: { queueArn, queueUrl, batchSize: 1, concurrency: 1, reportsBatchItemFailures: false },
      },
    ],
  });
  for (const body of ["one", "two", "three"]) {
    await send("Wakeup", body);
    await expect
      .poll(() => cloud.lines.some((line) => line.includes(`got ${body}`)), { interval: 1 })
      .toBe(true);
  }
});
