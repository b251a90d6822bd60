import type { z } from "zod";
import { Problem, type ProblemCode } from "./problem.ts";

/**
 * Checks `value` against a schema and turns the first issue into a Problem that names the field.
 * `root` is what the value is called in the request, e.g. `params`; "" for the body itself.
 *
 * @throws Problem `unknown-field` for a key outside the contract, else `code`
 */
export function validate<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  { root = "", code = "invalid-field" }: { root?: string; code?: ProblemCode } = {},
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = firstIssue(parsed.error.issues);
  const field = fieldName(root, issue.path);
  if (issue.code === "unrecognized_keys") throw unknownField(issue, schema, field, code);
  const expected = expectation(issue.message);
  const got = shown(at(value, issue.path));
  throw new Problem(problemOf(issue) ?? code, `${field || "the body"}: expected ${expected}, got ${got}`, {
    field: field || "body",
    expected,
    got,
  });
}

/** The code that a schema's author gave an issue of their own. */
function problemOf(issue: z.core.$ZodIssue): ProblemCode | undefined {
  return issue.code === "custom" ? (issue.params?.problem as ProblemCode | undefined) : undefined;
}

function unknownField(
  { keys: [key = ""], path }: z.core.$ZodIssueUnrecognizedKeys,
  schema: z.ZodType,
  field: string,
  code: ProblemCode,
): Problem {
  const unknown = fieldName(field, [key]);
  const known = path.length === 0 && "shape" in schema ? Object.keys(schema.shape as object) : [];
  const expected = known.length > 0 ? `only ${known.join(", ")}` : "no such field";
  return new Problem(
    code === "invalid-field" ? "unknown-field" : code,
    `${unknown} is not a field of this request: expected ${expected}`,
    { field: unknown, expected },
  );
}

/** What zod or the schema's author said, without "Invalid input: expected" before and ", received" behind. */
function expectation(message: string): string {
  return message.replace(/^([A-Z][a-z ]*: )?(expected )?/, "").replace(/, received .*$/, "");
}

/** A union reports its branches; the branch that got furthest is the one the caller meant. */
function firstIssue(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue {
  const [issue] = issues;
  if (!issue) throw new Error("a failed zod parse has at least one issue");
  // A key that is not allowed: what is wrong with it is one level down.
  if (issue.code === "invalid_key" && issue.issues[0]) return { ...issue.issues[0], path: issue.path };
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return issue;
  const depth = (branch: readonly z.core.$ZodIssue[]) => Math.max(...branch.map(({ path }) => path.length));
  const [branch] = [...issue.errors].sort((one, other) => depth(other) - depth(one));
  if (!branch?.length) return issue;
  const inner = firstIssue(branch);
  return { ...inner, path: [...issue.path, ...inner.path] };
}

function fieldName(root: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>((name, key) => {
    if (typeof key === "number") return `${name}[${key}]`;
    return name ? `${name}.${String(key)}` : String(key);
  }, root);
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (inner as Record<PropertyKey, unknown> | null | undefined)?.[key],
    value,
  );
}

/** A short, safe rendering of what came: never the whole of a large value. */
export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
