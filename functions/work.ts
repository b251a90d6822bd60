import middy from "@middy/core";
import type { Context, SQSEvent } from "aws-lambda";
import { preload } from "../aws/adapters.ts";
import { ports } from "../aws/ports.ts";
import { parseMessage } from "../jobs/message.ts";
import { compute } from "../jobs/run/compute.ts";
import { work } from "../jobs/run/dispatch.ts";
import { invocation } from "./invocation.ts";

preload("objects");

/** The queue's consumer, one message at a time: returning acknowledges it, throwing brings it back. */
export const handler = invocation(
  middy<SQSEvent>().handler(async (event, context: Context) => {
    for (const record of event.Records) {
      const killedAt = Date.now() + context.getRemainingTimeInMillis();
      await work(parseMessage(record.body), { target: "lambda", killedAt }, compute, ports());
    }
  }),
);
