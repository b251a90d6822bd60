import { ListEventSourceMappingsCommand, UpdateEventSourceMappingCommand } from "@aws-sdk/client-lambda";
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { recordOf } from "../../local/lambda/sqs-source.ts";
import type { Clients } from "./clients.ts";
import type { PackagedFunctions } from "./functions.ts";
import { accountId, region, stackName } from "./settings.ts";

/** Its ARN: moto does not know it here by its name. */
const workFunction = `arn:aws:lambda:${region}:${accountId}:function:${stackName}-work`;

/**
 * The mapping of the queue to `work`, played by the run. moto's own is switched off: it would run the function in
 * Docker, inside SendMessage. Answers the queue's ARN.
 */
export async function takeOverMapping({ lambda }: Clients): Promise<string> {
  const { EventSourceMappings = [] } = await lambda.send(
    new ListEventSourceMappingsCommand({ FunctionName: workFunction }),
  );
  const [mapping, ...more] = EventSourceMappings;
  if (!mapping || more.length > 0) {
    throw new Error(`expected one event source of ${workFunction}, got ${EventSourceMappings.length}`);
  }
  await lambda.send(new UpdateEventSourceMappingCommand({ UUID: mapping.UUID, Enabled: false }));
  return mapping.EventSourceArn ?? "";
}

/** Takes one message to `work` and, as it returned without an error, deletes it. Answers the message's body. */
export async function deliverOne(
  sqs: SQSClient,
  queue: { readonly url: string; readonly arn: string },
  functions: PackagedFunctions,
): Promise<string> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: queue.url,
      MaxNumberOfMessages: 1,
      WaitTimeSeconds: 5,
      MessageSystemAttributeNames: ["All"],
      MessageAttributeNames: ["All"],
    }),
  );
  const [message] = Messages;
  if (!message) throw new Error(`expected a message in ${queue.url}, got none`);
  await functions.invoke("work", { Records: [recordOf(message, { queueArn: queue.arn })] });
  await sqs.send(new DeleteMessageCommand({ QueueUrl: queue.url, ReceiptHandle: message.ReceiptHandle }));
  return message.Body ?? "";
}

/** Messages in the queue, whether waiting, taken or delayed. */
export async function messagesIn(sqs: SQSClient, QueueUrl: string): Promise<number> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }),
  );
  const {
    ApproximateNumberOfMessages: waiting,
    ApproximateNumberOfMessagesNotVisible: taken,
    ApproximateNumberOfMessagesDelayed: delayed,
  } = Attributes;
  return Number(waiting) + Number(taken) + Number(delayed);
}
