import { Logger } from "@aws-lambda-powertools/logger";
import type { Log } from "../../jobs/telemetry.ts";
import { addContext, inScope, lineFields } from "./log-scope.ts";

let log: Log | undefined;

/** Structured lines, each with the fields of the invocation or task that writes it. */
export function logger(): Log {
  log ??= scoped(new Logger({ serviceName: "sluice" }));
  return log;
}

function scoped(lines: Logger): Log {
  return {
    debug: (message, fields) => lines.debug(message, lineFields(fields)),
    info: (message, fields) => lines.info(message, lineFields(fields)),
    warn: (message, fields) => lines.warn(message, lineFields(fields)),
    error: (message, fields) => lines.error(message, lineFields(fields)),
    addContext,
    scope: (run) => inScope({}, run),
  };
}
