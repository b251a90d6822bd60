import { AsyncLocalStorage } from "node:async_hooks";
import { parseTrace } from "./trace-header.ts";

type Fields = Record<string, unknown>;

/**
 * What every line of an invocation or a task carries. Not in the logger: the local cloud runs many invocations in
 * one process, and Powertools tells them apart only on Lambda Managed Instances (AWS_LAMBDA_MAX_CONCURRENCY).
 */
const scopes = new AsyncLocalStorage<Fields>();

/** Runs something in a scope that has these fields besides those of the scope around it. */
export function inScope<Value>(fields: Fields, run: () => Value): Value {
  return scopes.run({ ...scopes.getStore(), ...fields }, run);
}

/** Adds to the scope; outside of all scopes nobody would carry it. */
export function addContext(fields: Fields): void {
  Object.assign(scopes.getStore() ?? {}, fields);
}

/** The trace header of the scope. */
export function scopeTrace(): string | undefined {
  return scopes.getStore()?.trace as string | undefined;
}

/** The scope's fields and a line's own, which go first; of the trace its id, under the name Powertools gives it. */
export function lineFields(own: Fields = {}): Fields {
  const { trace, ...fields } = { ...scopes.getStore(), ...own };
  return typeof trace === "string" ? { ...fields, xray_trace_id: parseTrace(trace).root } : fields;
}
