import { randomBytes } from "node:crypto";

/** X-Ray's header: `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1`. */
export interface TraceHeader {
  readonly root: string;
  /** The segment under which what comes next hangs. */
  readonly parent?: string;
  /** Whether X-Ray keeps this trace: decided once, by whoever began it. */
  readonly sampled: boolean;
}

const rootForm = /^1-[0-9a-f]{8}-[0-9a-f]{24}$/i;
const parentForm = /^[0-9a-f]{16}$/i;

/**
 * What is not of X-Ray's form is left out, as a caller may send the header too: it would go into the record, the log
 * and the task, and SQS demands a well-formed one: without it, send after send would fail.
 */
export function parseTrace(header: string): TraceHeader {
  const parts = new Map(
    header.split(";").map((part) => part.trim().split("=", 2) as [string, string | undefined]),
  );
  const root = parts.get("Root") ?? "";
  const parent = parts.get("Parent") ?? "";
  return {
    root: rootForm.test(root) ? root : "",
    ...(parentForm.test(parent) ? { parent } : {}),
    sampled: parts.get("Sampled") === "1",
  };
}

/** Without `Lineage`, by which Lambda counts hops: a message that sweep sends is not a hop of the submit. */
export function formatTrace({ root, parent, sampled }: TraceHeader): string {
  return [`Root=${root}`, ...(parent ? [`Parent=${parent}`] : []), `Sampled=${sampled ? 1 : 0}`].join(";");
}

/** For where no X-Ray begins traces: outside of Lambda. */
export function newTrace(now: number): TraceHeader {
  const seconds = Math.floor(now / 1000).toString(16);
  return { root: `1-${seconds}-${randomBytes(12).toString("hex")}`, sampled: true };
}

/** Of a segment. */
export function segmentId(): string {
  return randomBytes(8).toString("hex");
}
