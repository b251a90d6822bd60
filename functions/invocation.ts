import type { Context } from "aws-lambda";
import { stageName } from "../aws/config.ts";
import { inScope } from "../aws/telemetry/log-scope.ts";
import { requestTrace } from "../aws/telemetry/trace.ts";

/** What events of API Gateway have, as far as it names the request. */
interface HttpEvent {
  readonly requestContext?: { readonly requestId?: string };
  readonly pathParameters?: { readonly jobId?: string };
}

/** Loading this file is the cold start. */
let coldStart = true;

/**
 * Gives every line of an invocation its function, stage, request and trace. Around the whole handler, its middlewares
 * included: a Middy middleware has no hold on what runs after it. Per invocation and not per process, as the local
 * cloud runs many in one.
 */
export function invocation<Event, Result>(
  handler: (event: Event, context: Context) => Promise<Result>,
): (event: Event, context: Context) => Promise<Result> {
  return (event, context) => {
    const { requestContext, pathParameters } = (event ?? {}) as HttpEvent;
    const jobId = pathParameters?.jobId;
    const fields = {
      functionName: context.functionName,
      stage: stageName(),
      // The gateway's own, where there is one: callers are told to quote it.
      requestId: requestContext?.requestId ?? context.awsRequestId,
      coldStart,
      trace: requestTrace(),
      ...(jobId === undefined ? {} : { jobId }),
    };
    coldStart = false;
    return inScope(fields, () => handler(event, context));
  };
}
