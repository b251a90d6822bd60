import { setTimeout as delay } from "node:timers/promises";
import type { Message } from "@aws-sdk/client-sqs";
import type { SQSEvent, SQSRecord } from "aws-lambda";
import type { CloudFaults } from "../faults/faults.ts";
import type { Log } from "../log.ts";
import type { Invocation } from "./function.ts";
import type { QueueClient } from "./queue-client.ts";

export interface SqsSource {
  readonly queueUrl: string;
  readonly queueArn: string;
  readonly batchSize: number;
  /** How many batches are in the function at once. */
  readonly concurrency: number;
  readonly reportsBatchItemFailures: boolean;
}

export interface Poller {
  stop(): Promise<void>;
}

/** SQS's own limit for one ReceiveMessage. */
const maxReceive = 10;
const longPollSeconds = 20;
const pauseAfterErrorMs = 250;

export function recordOf(message: Message, { queueArn }: Pick<SqsSource, "queueArn">): SQSRecord {
  const attributes = Object.entries(message.MessageAttributes ?? {}).map(([name, attribute]) => [
    name,
    { dataType: attribute.DataType, stringValue: attribute.StringValue, binaryValue: attribute.BinaryValue },
  ]);
  return {
    messageId: message.MessageId ?? "",
    receiptHandle: message.ReceiptHandle ?? "",
    body: message.Body ?? "",
    attributes: message.Attributes as unknown as SQSRecord["attributes"],
    messageAttributes: Object.fromEntries(attributes),
    md5OfBody: message.MD5OfBody ?? "",
    eventSource: "aws:sqs",
    eventSourceARN: queueArn,
    awsRegion: queueArn.split(":")[3] ?? "",
  };
}

/**
 * The messages to delete. As Lambda does it: an error, or a list of failures that names no message of
 * the batch, fails the batch; the rest of a partly failed batch is done.
 */
function succeeded(
  messages: readonly Message[],
  invocation: Invocation,
  source: SqsSource,
): readonly Message[] {
  if (invocation.functionError) return [];
  if (!source.reportsBatchItemFailures) return messages;
  const answer = JSON.parse(invocation.payload) as {
    batchItemFailures?: { itemIdentifier?: string }[];
  } | null;
  const failures = answer?.batchItemFailures ?? [];
  const known = new Set(messages.map(({ MessageId }) => MessageId));
  if (failures.some(({ itemIdentifier }) => !known.has(itemIdentifier))) return [];
  const failedIds = new Set(failures.map(({ itemIdentifier }) => itemIdentifier));
  return messages.filter(({ MessageId }) => !failedIds.has(MessageId));
}

/**
 * The event source mapping: each of `concurrency` loops receives, invokes and deletes, one batch at a
 * time. A loop receives only when it is free to invoke, so no message waits invisibly for a turn. What
 * fails stays in flight until its visibility runs out, and SQS moves it to the dead-letter queue.
 */
export function startSqsPoller(
  source: SqsSource,
  queue: QueueClient,
  invoke: (event: SQSEvent) => Promise<Invocation>,
  log: Log,
  faults: CloudFaults = {},
): Poller {
  const stopping = new AbortController();
  const { queueUrl: QueueUrl } = source;
  const say = (message: string): void => {
    if (!stopping.signal.aborted) log.say("poller", `${QueueUrl.split("/").at(-1)}: ${message}`);
  };

  const receive = (): Promise<Message[]> =>
    queue.receive(QueueUrl, Math.min(source.batchSize, maxReceive), longPollSeconds, stopping.signal);

  const remove = async (messages: readonly Message[]): Promise<void> => {
    if (messages.length > 0) await queue.remove(QueueUrl, messages);
  };

  /** How many invocations get these messages: one, unless a fault says otherwise. */
  const copiesOf = (messages: readonly Message[]): number => {
    const { deliveries } = faults;
    if (!deliveries) return 1;
    const asked = messages.map(({ Body = "", Attributes }) =>
      deliveries({
        queueUrl: QueueUrl,
        body: Body,
        receiveCount: Number(Attributes?.ApproximateReceiveCount ?? 1),
      }),
    );
    return Math.max(1, ...asked);
  };

  /** One answer per copy, each as if it were the only one. */
  const deliver = async (messages: readonly Message[]): Promise<Invocation[]> => {
    if (faults.deliveryMs) await delay(faults.deliveryMs(), undefined, { signal: stopping.signal });
    const event = { Records: messages.map((message) => recordOf(message, source)) };
    return Promise.all(Array.from({ length: copiesOf(messages) }, () => invoke(event)));
  };

  const loop = async (): Promise<void> => {
    let removing: Promise<void> = Promise.resolve();
    while (!stopping.signal.aborted) {
      try {
        const messages = await receive();
        if (messages.length === 0) continue;
        const invocations = await deliver(messages);
        for (const { functionError, payload } of invocations) {
          if (!functionError) continue;
          const { errorType, errorMessage } = JSON.parse(payload);
          say(`${messages.length} message(s) stay in flight: ${errorType}: ${errorMessage}`);
        }
        const done = new Set(invocations.flatMap((invocation) => succeeded(messages, invocation, source)));
        // The next receive does not wait for it: at full load that is a millisecond per job.
        removing = remove([...done]).catch((error: Error) => say(`could not delete: ${error.message}`));
      } catch (error) {
        if (stopping.signal.aborted) break;
        say(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
        await new Promise((resolve) => setTimeout(resolve, pauseAfterErrorMs));
      }
    }
    await removing;
  };

  const loops = Array.from({ length: source.concurrency }, loop);
  return {
    async stop() {
      stopping.abort();
      await Promise.all(loops);
    },
  };
}
