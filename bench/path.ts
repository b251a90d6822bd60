import type { JobView } from "@sluice/contract/job";
import { startStack } from "../local/stack-process.ts";
import { quantile } from "./quantile.ts";
import { submit } from "./submit.ts";

/** The main path under load: HTTP → SQS → Lambda → S3 → HTTP on the local cloud, closed loop. */

export interface PathCase {
  readonly case: "path";
  readonly n: number;
  readonly callers: number;
  readonly jobs: number;
  readonly jobsPerSecond: number;
  /** POST → 202. */
  readonly submitMs: { readonly p50: number; readonly p99: number };
  /** POST → the result read as JSON. */
  readonly resultMs: { readonly p50: number; readonly p99: number };
  /** Where a job's time goes, medians: until the claim, from claim to finish, and the rest (HTTP, polling, JSON). */
  readonly spentMs: { readonly queued: number; readonly worker: number; readonly rest: number };
}

const sizes = [64, 256];
const callerCounts = [1, 10, 50];
/** Enough for a p99 that means something at 50 callers, few enough for a run of about two minutes. */
const jobsPerCase = (callers: number) => Math.max(100, callers * 6);
/** By then V8 has compiled what is hot: the first hundred jobs cost twice the CPU. */
const warmUpJobs = 150;
/** A caller without a wait slot asks again after as long as it has waited, within these. */
const pollMs = { least: 20, most: 250 };

interface Sample {
  readonly submitMs: number;
  readonly resultMs: number;
  readonly view: JobView;
}

async function oneJob(url: string, body: string): Promise<Sample> {
  const start = performance.now();
  const { jobId, ms: submitMs } = await submit(url, body);
  const view = await ended(url, jobId);
  if (view.status !== "COMPLETED") throw new Error(`job ${jobId} ended ${view.status}: ${view.statusReason}`);
  if (view.outputs?.result?.data === undefined) await result(url, view);
  return { submitMs, resultMs: performance.now() - start, view };
}

/** A wait brings the data along; without one it is fetched. */
async function result(url: string, view: JobView): Promise<void> {
  const response = await fetch(`${url}${view.links.result}`, { headers: { accept: "application/json" } });
  if (!response.ok) throw new Error(`the result answered ${response.status}`);
  await response.json();
}

/** Held by the server where it has a slot free, else asked again. */
async function ended(url: string, jobId: string): Promise<JobView> {
  const start = performance.now();
  for (;;) {
    const response = await fetch(`${url}/jobs/${jobId}`, { headers: { prefer: "wait=10" } });
    const view = (await response.json()) as JobView;
    if (view.finishedAt !== undefined) return view;
    if (response.headers.has("preference-applied")) continue;
    const pause = Math.min(pollMs.most, Math.max(pollMs.least, performance.now() - start));
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

async function load(url: string, n: number, callers: number, jobs = jobsPerCase(callers)): Promise<PathCase> {
  const matrix = Array.from({ length: n }, () => Array.from({ length: n }, () => Math.random()));
  const body = JSON.stringify({ dataMatrix: matrix });
  const samples: Sample[] = [];
  let left = jobs;
  const start = performance.now();
  const caller = async () => {
    while (left-- > 0) samples.push(await oneJob(url, body));
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const seconds = (performance.now() - start) / 1000;
  const of = (pick: (sample: Sample) => number, q: number) => quantile(samples.map(pick), q);
  const queued = of(({ view }) => (view.timings.queuedSeconds ?? 0) * 1000, 0.5);
  const worker = of(({ view }) => (view.timings.computeSeconds ?? 0) * 1000, 0.5);
  const p50 = of(({ resultMs }) => resultMs, 0.5);
  return {
    case: "path",
    n,
    callers,
    jobs,
    jobsPerSecond: jobs / seconds,
    submitMs: { p50: of(({ submitMs }) => submitMs, 0.5), p99: of(({ submitMs }) => submitMs, 0.99) },
    resultMs: { p50, p99: of(({ resultMs }) => resultMs, 0.99) },
    spentMs: { queued, worker, rest: p50 - queued - worker },
  };
}

export async function pathCases(report: (result: PathCase) => void): Promise<void> {
  const stack = await startStack();
  try {
    // Everything is compiled and every environment is warm before the first figure is taken.
    for (const n of sizes) await load(stack.url, n, 10, warmUpJobs);
    for (const n of sizes) {
      for (const callers of callerCounts) {
        // Waits have learned from the last case when jobs end; let them forget it.
        await load(stack.url, n, callers, 10 + 2 * callers);
        report(await load(stack.url, n, callers));
      }
    }
  } finally {
    await stack.stop();
  }
}
