/**
 * Runs a packaged function once, as Lambda's runtime would: `node invoke.ts BUNDLE EVENT ANSWER`, the last two of them
 * files of JSON. By whichever Node is to run it.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const [bundle = "", event = "", answer = ""] = process.argv.slice(2);
const { handler } = createRequire(import.meta.url)(bundle);
const killedAt = Date.now() + 600_000;
const context = {
  functionName: "arm64",
  awsRequestId: "00000000-0000-4000-8000-000000000000",
  invokedFunctionArn: "arn:aws:lambda:eu-west-1:000000000000:function:arm64",
  memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
  getRemainingTimeInMillis: () => killedAt - Date.now(),
};
const given = await handler(JSON.parse(readFileSync(event, "utf8")), context);
writeFileSync(answer, JSON.stringify({ arch: process.arch, answer: given ?? null }));
// As Lambda freezes it: connections that are kept alive would hold it up.
process.exit();
