import { setTimeout as pause } from "node:timers/promises";
import { GetQueueAttributesCommand, SendMessageBatchCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { concurrently } from "../../jobs/concurrently.ts";
import type { Message } from "../../jobs/message.ts";
import type { Queue, Sending } from "../../jobs/ports.ts";
import { sqs } from "./client.ts";

/** SendMessageBatch takes so many; ten of the longest messages are far from its 1 MiB. */
const entriesPerCall = 10;
/** What it did not take is sent again this often, the waits growing from 25 ms to 0.4 s. */
const rounds = 5;
const firstPause = 25;

/** Sweep and a batch send for many: without the header the message would carry on their own trace. */
function contentOf({ message, trace }: Sending) {
  const AWSTraceHeader = trace && { DataType: "String", StringValue: trace };
  return {
    MessageBody: JSON.stringify(message),
    ...(AWSTraceHeader ? { MessageSystemAttributes: { AWSTraceHeader } } : {}),
  };
}

/** The jobs queue. Messages carry ids only: everything else is in the record. */
export function jobQueue(queueUrl: string | undefined): Queue {
  const url = () => {
    if (queueUrl === undefined) throw new Error("QUEUE_URL is not set for this function");
    return queueUrl;
  };

  /** Those that the queue did not take, however often it was asked. */
  async function sendGroup(group: readonly Sending[]): Promise<Message[]> {
    let wanted = group;
    for (let round = 0; ; round++) {
      const { Failed = [] } = await sqs().send(
        new SendMessageBatchCommand({
          QueueUrl: url(),
          Entries: wanted.map((sending, index) => ({ Id: String(index), ...contentOf(sending) })),
        }),
      );
      wanted = Failed.flatMap(({ Id }) => wanted[Number(Id)] ?? []);
      if (wanted.length === 0 || round === rounds) return wanted.map(({ message }) => message);
      await pause(Math.random() * firstPause * 2 ** round);
    }
  }

  return {
    async send(message, trace) {
      await sqs().send(new SendMessageCommand({ QueueUrl: url(), ...contentOf({ message, trace }) }));
    },

    async sendMany(sendings) {
      const left: Message[] = [];
      const groups = Math.ceil(sendings.length / entriesPerCall);
      await concurrently(
        Array.from({ length: groups }, (_, index) =>
          sendings.slice(index * entriesPerCall, (index + 1) * entriesPerCall),
        ),
        async (group) => void left.push(...(await sendGroup(group))),
      );
      return left;
    },

    async waiting() {
      const names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] as const;
      const { Attributes } = await sqs().send(
        new GetQueueAttributesCommand({ QueueUrl: url(), AttributeNames: [...names] }),
      );
      return names.reduce((sum, name) => sum + Number(Attributes?.[name] ?? 0), 0);
    },
  };
}
