import { randomBytes } from "node:crypto";
import type { Segments } from "../xray/segments.ts";
import type { Invocation } from "./function.ts";

/** An event that may carry a trace on: of what Lambda gives functions, only SQS messages do. */
interface TracedEvent {
  readonly Records?: readonly { readonly attributes?: { readonly AWSTraceHeader?: string } }[];
}

const part = (header: string, name: string): string | undefined =>
  new RegExp(`(?:^|;)\\s*${name}=([^;]+)`).exec(header)?.[1];

/**
 * Active tracing: each invocation is a segment, in the trace of its event or in one of its own, and is told so in
 * X-Ray's header. (Lambda itself begins a trace for a message and links the two.)
 */
export async function traced(
  name: string,
  event: unknown,
  segments: Segments,
  invoke: (header: string) => Promise<Invocation>,
): Promise<Invocation> {
  const incoming = (event as TracedEvent | null)?.Records?.[0]?.attributes?.AWSTraceHeader ?? "";
  const began = Date.now() / 1000;
  const root =
    part(incoming, "Root") ?? `1-${Math.floor(began).toString(16)}-${randomBytes(12).toString("hex")}`;
  const parent = part(incoming, "Parent");
  const sampled = part(incoming, "Sampled") ?? "1";
  const id = randomBytes(8).toString("hex");
  const invocation = await invoke(
    `Root=${root};Parent=${id};Sampled=${sampled};Lineage=1:${id.slice(0, 8)}:0`,
  );
  if (sampled === "1") {
    segments.add({
      trace_id: root,
      id,
      ...(parent === undefined ? {} : { parent_id: parent }),
      name,
      origin: "AWS::Lambda::Function",
      start_time: began,
      end_time: Date.now() / 1000,
      ...(invocation.functionError ? { fault: true } : {}),
    });
  }
  return invocation;
}
