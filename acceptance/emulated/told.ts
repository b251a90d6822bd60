import assert from "node:assert/strict";
import type { EmulatedStage } from "./emulated-stage.ts";
import { stage as stageName } from "./settings.ts";

/** What others were told of a job: its end, and the trace that it left. Answers it in words. */

/** @throws AssertionError unless exactly one event says that the job has ended well */
export function expectAnnounced({ front }: EmulatedStage, jobId: string): string {
  const events = front.calls
    .filter(({ service, action }) => service === "events" && action === "PutEvents")
    .flatMap(({ body }) => JSON.parse(body.toString()).Entries)
    .filter(({ Detail }) => JSON.parse(Detail).jobId === jobId);
  const told = events.map(({ Source, DetailType }) => `${DetailType}, from ${Source}`);
  assert.deepEqual(told, [`Sluice Job Completed, from sluice.${stageName}`], "events of the job");
  return `EventBridge: ${told[0]}`;
}

/** @throws AssertionError unless these, and only they, are in the trace that the job's record names */
export function expectTrace(stage: EmulatedStage, trace: unknown, expected: readonly string[]): string {
  const root = /Root=([^;]+)/.exec(String(trace))?.[1] ?? "";
  const byFunctions = stage.functions.segments.of(root).map(({ name }) => name);
  const byTasks = stage.front.calls
    .filter(({ service, action }) => service === "xray" && action === "POST /TraceSegments")
    .flatMap(({ body }) => JSON.parse(body.toString()).TraceSegmentDocuments)
    .map((document) => JSON.parse(document))
    .filter(({ trace_id }) => trace_id === root)
    .map(({ name }) => name);
  const hops = [...byFunctions, ...byTasks];
  assert.deepEqual(hops, expected, `segments of trace ${root}`);
  return `X-Ray: one trace, ${hops.join(" → ")}`;
}
