import { Problem } from "@sluice/contract/problem";
import type { z } from "zod";
import { findOperation } from "./registry.ts";

export type Params = Record<string, unknown>;

const longestQuote = 60;

/** The offending value as the caller wrote it, cut short; containers by kind alone, as they may nest endlessly. */
function quote(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "an array" : "an object";
  const text = JSON.stringify(value);
  return text.length > longestQuote ? `${text.slice(0, longestQuote)}…` : text;
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined),
    root,
  );
}

function paramsProblem(issue: z.core.$ZodIssue, schema: z.ZodObject, params: unknown): Problem {
  const names = Object.keys(schema.shape);
  if (issue.code === "unrecognized_keys") {
    const [key = ""] = issue.keys;
    const expected = names.length > 0 ? `only ${names.join(", ")}` : "no params";
    return new Problem("invalid-params", `There is no param ${key} here: expected ${expected}.`, {
      field: `params.${key}`,
      expected,
      got: key,
    });
  }
  const field = ["params", ...issue.path].join(".");
  const got = quote(valueAt(params, issue.path));
  const expected = issue.path.length > 0 ? issue.message : "an object";
  return new Problem("invalid-params", `${field} must be ${expected}, not ${got}.`, { field, expected, got });
}

/** Params by the operation's schema, with its defaults. `undefined` means none given. */
export function parseParams(schema: z.ZodObject, params: unknown): Params {
  const given = params ?? {};
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (!issue) throw parsed.error;
  throw paramsProblem(issue, schema, given);
}

/**
 * The params as they are recorded with a job: validated, defaults filled in, and a null seed
 * replaced by `freshSeed()` (a decimal string), so that running them again gives the same bytes.
 * What depends on shapes (`columns`) stays absent: `plan().params` has it.
 * @throws Problem unknown-operation, invalid-params
 */
export function completeParams(operation: string, params: unknown, freshSeed: () => string): Params {
  const complete = parseParams(findOperation(operation).params, params);
  return complete.seed === null ? { ...complete, seed: freshSeed() } : complete;
}
