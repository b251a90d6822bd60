import { findOperation } from "./registry.ts";

/** The operations of a job: one, or those of a program's steps. */
function operationsOf(operation: string, { steps }: Readonly<Record<string, unknown>>): string[] {
  if (findOperation(operation).anyInputs === undefined) return [operation];
  return (steps as readonly { readonly op: string }[]).map(({ op }) => op);
}

/**
 * Times its predicted seconds that the values of a job's inputs can make it take.
 * @param params as `plan()` settles them
 * @throws Problem unknown-operation
 */
export function mostTimes(operation: string, params: Readonly<Record<string, unknown>>): number {
  const each = operationsOf(operation, params).map((name) => findOperation(name).mostTimes ?? 1);
  return Math.max(...each);
}
