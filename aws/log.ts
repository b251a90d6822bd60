import { Logger } from "@aws-lambda-powertools/logger";
import type { Log } from "../jobs/ports.ts";

let log: Log | undefined;

/** Structured lines. Keys are passed with each line, never kept: invocations may share a process. */
export function logger(): Log {
  log ??= new Logger({ serviceName: "sluice" }) as Log;
  return log;
}
