import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
} from "@aws-sdk/client-sqs";
import type { DeadLetter, DeadLetters } from "../../jobs/ports.ts";
import { sqs } from "./client.ts";

/** SQS's own most, for receiving and for changing. */
const batchSize = 10;
/** Long enough to look at what was read, short enough that a reader who dies hides nothing for long. */
const hiddenSeconds = 30;
/** With any wait at all SQS asks every server; without, a few, and an empty answer would mean nothing. */
const waitSeconds = 1;

/** The queue's dead letters. Reading hides them for a while, and consumes none. */
export function deadLetters(queueUrl: string | undefined): DeadLetters {
  const url = () => {
    if (queueUrl === undefined) throw new Error("DEAD_LETTER_QUEUE_URL is not set for this function");
    return queueUrl;
  };

  async function count(): Promise<number> {
    const { Attributes } = await sqs().send(
      new GetQueueAttributesCommand({ QueueUrl: url(), AttributeNames: ["ApproximateNumberOfMessages"] }),
    );
    return Number(Attributes?.ApproximateNumberOfMessages ?? 0);
  }

  return {
    count,

    async read(limit) {
      // As many as are known to be there: who waits for one more hides all others meanwhile.
      const most = Math.min(limit, await count());
      // By id: SQS may deliver one twice, and only its latest handle can delete it.
      const letters = new Map<string, DeadLetter>();
      while (letters.size < most) {
        const known = letters.size;
        const { Messages = [] } = await sqs().send(
          new ReceiveMessageCommand({
            QueueUrl: url(),
            MaxNumberOfMessages: Math.min(batchSize, most - letters.size),
            VisibilityTimeout: hiddenSeconds,
            WaitTimeSeconds: waitSeconds,
            MessageSystemAttributeNames: ["SentTimestamp"],
          }),
        );
        for (const { MessageId = "", ReceiptHandle = "", Body = "", Attributes } of Messages) {
          letters.set(MessageId, {
            handle: ReceiptHandle,
            text: Body,
            sentAt: Number(Attributes?.SentTimestamp ?? 0),
          });
        }
        if (letters.size === known) break;
      }
      return [...letters.values()];
    },

    async putBack(letters) {
      for (let start = 0; start < letters.length; start += batchSize) {
        // Entries that fail are let be: they come back by themselves.
        await sqs().send(
          new ChangeMessageVisibilityBatchCommand({
            QueueUrl: url(),
            Entries: letters.slice(start, start + batchSize).map(({ handle }, index) => ({
              Id: String(index),
              ReceiptHandle: handle,
              VisibilityTimeout: 0,
            })),
          }),
        );
      }
    },

    async remove({ handle }) {
      await sqs().send(new DeleteMessageCommand({ QueueUrl: url(), ReceiptHandle: handle }));
    },
  };
}
