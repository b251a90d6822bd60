import middy from "@middy/core";
import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { preload } from "../aws/adapters.ts";
import { ports } from "../aws/ports.ts";
import { workBatch } from "../jobs/run/batch.ts";
import { compute } from "../jobs/run/compute.ts";
import { invocation } from "./invocation.ts";

preload("objects");

/** The queue's consumer, up to ten messages at a time: those it names come back, the others are acknowledged. */
export const handler = invocation(
  middy<SQSEvent, SQSBatchResponse>().handler(async ({ Records }, context: Context) => {
    const killedAt = Date.now() + context.getRemainingTimeInMillis();
    const deliveries = Records.map(({ messageId, body, attributes }) => ({
      id: messageId,
      text: body,
      receives: Number(attributes.ApproximateReceiveCount),
      trace: attributes.AWSTraceHeader,
    }));
    const failed = await workBatch(deliveries, { target: "lambda", killedAt }, compute, ports());
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  }),
);
