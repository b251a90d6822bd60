import { GetQueueAttributesCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import type { Queue } from "../../jobs/ports.ts";
import { sqs } from "./client.ts";

/** The jobs queue. Messages carry ids only: everything else is in the record. */
export function jobQueue(queueUrl: string | undefined): Queue {
  const url = () => {
    if (queueUrl === undefined) throw new Error("QUEUE_URL is not set for this function");
    return queueUrl;
  };
  return {
    async send(message, trace) {
      // Sweep sends for many: without the header the message would carry on sweep's own trace.
      const MessageSystemAttributes = trace && {
        AWSTraceHeader: { DataType: "String", StringValue: trace },
      };
      const MessageBody = JSON.stringify(message);
      await sqs().send(
        new SendMessageCommand({
          QueueUrl: url(),
          MessageBody,
          ...(MessageSystemAttributes ? { MessageSystemAttributes } : {}),
        }),
      );
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
