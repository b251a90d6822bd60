import { byteLength, elementCount } from "@sluice/contract/array";
import { arrayToJson } from "@sluice/contract/array-json";
import { isTerminal, type JobView, type OutputView, type StatusView } from "@sluice/contract/job";
import { maxJsonResultBytes } from "@sluice/contract/limits";
import { jsonLength, mayFitJson, readOutput } from "./arrays.ts";
import type { Ports } from "./ports.ts";
import type { Attempt, Job } from "./record.ts";

/** A double and its comma: -2.2250738585072014e-308, in 25 characters. Brackets hide in the shorter ones. */
const longestNumber = 26;

/** The job as its owner sees it. Links are signed here, without a call. */
export async function jobView(
  job: Job,
  { objects }: Pick<Ports, "objects">,
  { withData = false }: { withData?: boolean } = {},
): Promise<JobView> {
  const outputs = job.status === "COMPLETED" ? await outputViews(job, objects, withData) : undefined;
  const self = `/jobs/${job.jobId}`;
  return {
    jobId: job.jobId,
    status: job.status,
    statusReason: job.statusReason,
    operation: job.operation,
    params: job.params,
    labels: job.labels,
    inputs: Object.fromEntries(
      Object.entries(job.inputs).map(([name, { shape, dtype }]) => [
        name,
        { shape, dtype, bytes: byteLength({ shape, dtype }) },
      ]),
    ),
    progress: job.progress,
    route: job.route,
    attempts: job.attempts.map((attempt, index) => attemptView(attempt, index, job)),
    ...(outputs ? { outputs } : {}),
    ...(job.error ? { error: job.error } : {}),
    ...(isTerminal(job.status) && job.usd !== undefined ? { cost: { usd: job.usd } } : {}),
    timings: timings(job),
    links: { self, status: `${self}/status`, result: `${self}/result` },
    createdAt: iso(job.createdAt),
    updatedAt: iso(job.updatedAt),
    ...(job.finishedAt === undefined ? {} : { finishedAt: iso(job.finishedAt) }),
  };
}

export function statusView({ jobId, status, statusReason, progress, updatedAt }: Job): StatusView {
  return { jobId, status, statusReason, progress, updatedAt: iso(updatedAt) };
}

async function outputViews(
  job: Job,
  objects: Ports["objects"],
  withData: boolean,
): Promise<Record<string, OutputView>> {
  const views: Record<string, OutputView> = {};
  let room: number = maxJsonResultBytes;
  for (const [name, output] of Object.entries(job.outputs ?? {})) {
    const { shape, dtype, key, bytes } = output;
    const url = await objects.link(key, `${job.jobId}-${name}.npy`);
    let view: OutputView = { shape, dtype, bytes, url };
    if (withData && mayFitJson(output, room)) {
      const data = arrayToJson(await readOutput(output, objects));
      // Writing the text only to measure it costs as much as answering: do so only near the limit.
      const most = elementCount(shape) * longestNumber * (dtype === "complex128" ? 2 : 1);
      const length = most <= room ? most : jsonLength(data);
      if (length <= room) {
        room -= length;
        view = { ...view, data };
      }
    }
    views[name] = view;
  }
  return views;
}

function attemptView(attempt: Attempt, index: number, job: Job) {
  const { target, memoryMiB = job.route.memoryMiB, engine, startedAt, endedAt, outcome, reason } = attempt;
  return {
    attempt: index + 1,
    target,
    memoryMiB,
    engine,
    startedAt: iso(startedAt),
    ...(endedAt === undefined ? {} : { endedAt: iso(endedAt) }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(reason === undefined ? {} : { reason }),
  };
}

function timings({ createdAt, startedAt, finishedAt }: Job): JobView["timings"] {
  return {
    ...(startedAt === undefined ? {} : { queuedSeconds: (startedAt - createdAt) / 1000 }),
    ...(startedAt === undefined || finishedAt === undefined
      ? {}
      : { computeSeconds: (finishedAt - startedAt) / 1000 }),
    ...(finishedAt === undefined ? {} : { totalSeconds: (finishedAt - createdAt) / 1000 }),
  };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
