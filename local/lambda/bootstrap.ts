/**
 * Runs inside an execution environment: loads the function's bundle once, then serves one invocation
 * at a time, as the Lambda Node.js runtime does. Started by environment.ts with the function's own
 * environment variables and `<bundle> <export> <arn>` as arguments.
 */
import { pathToFileURL } from "node:url";
import { type EnvironmentMessage, failed, type InvokeMessage, type LambdaError } from "./function.ts";

type Handler = (event: unknown, context: object) => unknown;

const [bundle = "", exported = "", arn = ""] = process.argv.slice(2);

// Without its parent nobody would ever stop it.
process.once("disconnect", () => process.exit(1));

const send = (message: EnvironmentMessage): void => {
  process.send?.(message);
};

const describe = (error: unknown): LambdaError =>
  error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? "").split("\n") }
    : { errorType: "Error", errorMessage: String(error), trace: [] };

function contextOf({ requestId, deadlineMs }: InvokeMessage): object {
  const { env } = process;
  return {
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: "$LATEST",
    invokedFunctionArn: arn,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    awsRequestId: requestId,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
  };
}

async function load(): Promise<Handler> {
  const loaded: { default?: Record<string, unknown>; [name: string]: unknown } = await import(
    pathToFileURL(bundle).href
  );
  // A bundle's named exports are found by static analysis, which minified CommonJS can defeat.
  const handler = loaded[exported] ?? loaded.default?.[exported];
  if (typeof handler !== "function") {
    throw new Error(`expected ${bundle} to export the function "${exported}", got ${typeof handler}`);
  }
  return handler as Handler;
}

try {
  const handler = await load();
  process.on("message", async (message: InvokeMessage) => {
    const { requestId } = message;
    process.env._X_AMZN_TRACE_ID = message.trace;
    try {
      const result = await handler(JSON.parse(message.payload), contextOf(message));
      send({ kind: "done", requestId, invocation: { payload: JSON.stringify(result ?? null) } });
    } catch (error) {
      send({ kind: "done", requestId, invocation: failed(describe(error)) });
    }
  });
  send({ kind: "ready" });
} catch (error) {
  send({ kind: "init-failed", error: describe(error) });
}
