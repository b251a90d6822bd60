import type { Arrays } from "@sluice/compute";
import type { JsonText } from "@sluice/compute/json/json-text";
import { type ArraySpec, byteLength } from "@sluice/contract/array";
import {
  type ArrayView,
  type AttemptView,
  isTerminal,
  type JobView,
  type OutputView,
  type StatusView,
} from "@sluice/contract/job";
import { maxJsonResultBytes, maxListedAttempts } from "@sluice/contract/limits";
import { arithmeticCodes } from "@sluice/contract/problem";
import type { Ports } from "../ports.ts";
import { type Attempt, attemptCount, isRecorded, type Job, type OutputRef } from "../record.ts";
import { jsonWithin, outputLink, textWithin } from "../run/arrays.ts";

interface DataOptions {
  /** Whether outputs come with their data, as long as it fits a JSON answer. Small ones, in the record, always do. */
  readonly withData?: boolean;
  /** Outputs that are at hand: they are not read again. */
  readonly results?: Arrays;
}

/** The job as its owner sees it. Links to the outputs are signed here, without a call. */
export async function jobView(
  job: Job,
  { objects }: Pick<Ports, "objects">,
  { withData = false, results = {} }: DataOptions = {},
): Promise<JobView> {
  if (job.status !== "COMPLETED") return viewOf(job, undefined);
  const data = (name: string, output: OutputRef, room: number) => {
    // What lies in the record is at hand, and has no link.
    if (!withData && !isRecorded(output)) return undefined;
    const result = Object.hasOwn(results, name) ? results[name] : undefined;
    return result ? textWithin(result, room) : jsonWithin(output, room, objects);
  };
  return viewOf(job, await outputViews(job, objects, data));
}

/** The job in a list: without links to its outputs, each of which is more than a kilobyte. */
export function listedView(job: Job): JobView {
  if (job.status !== "COMPLETED") return viewOf(job, undefined);
  const outputs = Object.entries(job.outputs ?? {}).map(([name, output]) => [name, sizeOf(output)] as const);
  return viewOf(job, Object.fromEntries(outputs));
}

/** `bytes` of its `.npy`. */
function sizeOf(output: OutputRef): ArrayView {
  const { shape, dtype } = output;
  return { shape, dtype, bytes: isRecorded(output) ? output.npy.byteLength : output.bytes };
}

function viewOf(job: Job, outputs: JobView["outputs"]): JobView {
  return {
    jobId: job.jobId,
    status: job.status,
    statusReason: job.statusReason,
    operation: job.operation,
    params: job.params,
    labels: job.labels,
    ...(job.batch ? { batch: job.batch } : {}),
    inputs: arrayViews(job.inputs),
    progress: job.progress,
    route: job.route,
    ...attemptViews(job),
    ...(outputs ? { outputs } : {}),
    ...(job.error ? { error: errorView(job.error) } : {}),
    ...(isTerminal(job.status) && job.usd !== undefined ? { cost: { usd: job.usd } } : {}),
    timings: timings(job),
    links: linksOf(job.jobId),
    createdAt: iso(job.createdAt),
    updatedAt: iso(job.updatedAt),
    ...(job.finishedAt === undefined ? {} : { finishedAt: iso(job.finishedAt) }),
  };
}

function errorView(error: NonNullable<Job["error"]>): NonNullable<JobView["error"]> {
  if (!arithmeticCodes.has(error.code)) return error;
  return { ...error, hint: "a retry fails the same way: submit other inputs or params" };
}

/** Specs by name, with the bytes of their data. */
export function arrayViews(specs: Readonly<Record<string, ArraySpec>>): Record<string, ArrayView> {
  return Object.fromEntries(
    Object.entries(specs).map(([name, { shape, dtype }]) => [
      name,
      { shape, dtype, bytes: byteLength({ shape, dtype }) },
    ]),
  );
}

export function statusView({ jobId, status, statusReason, progress, updatedAt }: Job): StatusView {
  return { jobId, status, statusReason, progress, updatedAt: iso(updatedAt) };
}

async function outputViews(
  job: Job,
  objects: Ports["objects"],
  dataOf: (
    name: string,
    output: OutputRef,
    room: number,
  ) => JsonText | undefined | Promise<JsonText | undefined>,
): Promise<Record<string, OutputView>> {
  const views: Record<string, OutputView> = {};
  let room: number = maxJsonResultBytes;
  for (const [name, output] of Object.entries(job.outputs ?? {})) {
    const link = isRecorded(output) ? {} : { url: await outputLink(job, name, output, objects) };
    const json = await dataOf(name, output, room);
    if (json) room -= json.length;
    views[name] = { ...sizeOf(output), ...link, ...(json ? { data: json } : {}) };
  }
  return views;
}

/** An earlier release wrote longer lists, and the claim of one more makes this one's longer by one. */
function attemptViews(job: Job): Pick<JobView, "attempts" | "attemptCount"> {
  const count = attemptCount(job);
  const listed = job.attempts.slice(-maxListedAttempts);
  const first = count - listed.length + 1;
  return {
    attempts: listed.map((attempt, index) => attemptView(attempt, first + index, job)),
    attemptCount: count,
  };
}

function attemptView(attempt: Attempt, number: number, job: Job): AttemptView {
  const { target, memoryMiB = job.route.memoryMiB, engine, startedAt, endedAt, outcome, reason } = attempt;
  return {
    attempt: number,
    target,
    memoryMiB,
    engine,
    startedAt: iso(startedAt),
    ...(endedAt === undefined ? {} : { endedAt: iso(endedAt) }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(reason === undefined ? {} : { reason }),
  };
}

export function linksOf(jobId: string): JobView["links"] {
  const self = `/jobs/${jobId}`;
  return { self, status: `${self}/status`, result: `${self}/result` };
}

export function timings({ createdAt, startedAt, finishedAt }: Job): JobView["timings"] {
  return {
    ...(startedAt === undefined ? {} : { queuedSeconds: (startedAt - createdAt) / 1000 }),
    ...(startedAt === undefined || finishedAt === undefined
      ? {}
      : { computeSeconds: (finishedAt - startedAt) / 1000 }),
    ...(finishedAt === undefined ? {} : { totalSeconds: (finishedAt - createdAt) / 1000 }),
  };
}

export function iso(time: number): string {
  return new Date(time).toISOString();
}
