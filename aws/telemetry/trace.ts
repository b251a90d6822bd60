import type { Trace } from "../../jobs/telemetry.ts";
import { traceOfInvocation } from "../config.ts";
import { scopeTrace } from "./log-scope.ts";
import { formatTrace, newTrace, parseTrace } from "./trace-header.ts";

/** The trace a request is part of: Lambda's, or one of our own where Lambda does not run us. */
export function requestTrace(): string {
  const trace = parseTrace(traceOfInvocation() ?? "");
  return formatTrace(trace.root === "" ? newTrace(Date.now()) : trace);
}

/** In a function: Lambda itself sends its segments, so that parts are not timed. */
export function functionTrace(): Trace {
  return {
    current: () => scopeTrace() ?? requestTrace(),
    during: (_part, run) => run(),
  };
}
