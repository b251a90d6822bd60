import type { JobView } from "@sluice/contract/job";
import type { Sample } from "./closed-loop.ts";

/** The ways to have a job done that are compared. */
export type DesignName = "sluice-wait" | "sluice-poll" | "express-sqs" | "express-spawn";

export const designWords: Record<DesignName, string> = {
  "sluice-wait": "Sluice with Prefer: wait",
  "sluice-poll": "Sluice, polled",
  "express-sqs": "Express + SQS + one NumPy worker",
  "express-spawn": "Express spawning NumPy",
};

/** One job, from its POST to its result. */
export type Ask = (url: string, body: string) => Promise<Answered>;

export interface Answered extends Sample {
  readonly result: number[][];
}

/** A caller that polls asks again after as long as it has waited, within these: the same for every design. */
const pollMs = { least: 10, most: 250 };

const posted = (url: string, body: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${url}/jobs`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
  });

async function json<Value>(response: Response): Promise<Value> {
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Value;
}

/** Asks until `done` finds what it looks for. */
async function polled<Value>(ask: () => Promise<Value>, done: (value: Value) => boolean): Promise<Value> {
  const start = performance.now();
  for (;;) {
    const pause = Math.min(pollMs.most, Math.max(pollMs.least, performance.now() - start));
    await new Promise((resolve) => setTimeout(resolve, pause));
    const value = await ask();
    if (done(value)) return value;
  }
}

function completed({ jobId, status, statusReason, timings }: JobView): Omit<Sample, "resultMs"> {
  if (status !== "COMPLETED") throw new Error(`job ${jobId} ended ${status}: ${statusReason}`);
  const { queuedSeconds = 0, computeSeconds = 0 } = timings;
  return { queuedMs: queuedSeconds * 1000, workerMs: computeSeconds * 1000 };
}

async function withWait(url: string, body: string): Promise<Answered> {
  const start = performance.now();
  let view = await json<JobView>(await posted(url, body, { prefer: "wait=20" }));
  while (view.finishedAt === undefined)
    view = await json(await fetch(`${url}/jobs/${view.jobId}`, { headers: { prefer: "wait=20" } }));
  return { ...completed(view), resultMs: performance.now() - start, result: dataOf(view) };
}

function dataOf({ jobId, outputs }: JobView): number[][] {
  const result = outputs?.result?.data as number[][] | undefined;
  if (!result) throw new Error(`job ${jobId} came without its data`);
  return result;
}

/** Each poll says `wait=0`: it is answered at once, and the one that finds the job ended has its result, as the peer's has. */
async function withPolls(url: string, body: string): Promise<Answered> {
  const start = performance.now();
  const { jobId } = await json<JobView>(await posted(url, body));
  const submitMs = performance.now() - start;
  const headers = { prefer: "wait=0" };
  const view = await polled(
    async () => json<JobView>(await fetch(`${url}/jobs/${jobId}`, { headers })),
    ({ finishedAt }) => finishedAt !== undefined,
  );
  return { ...completed(view), submitMs, resultMs: performance.now() - start, result: dataOf(view) };
}

interface PeerView {
  readonly jobId: string;
  readonly status: "PENDING" | "COMPLETED";
  readonly result: number[][];
}

async function fromQueue(url: string, body: string): Promise<Answered> {
  const start = performance.now();
  const { jobId } = await json<PeerView>(await posted(url, body));
  const submitMs = performance.now() - start;
  const { result } = await polled(
    async () => json<PeerView>(await fetch(`${url}/jobs/${jobId}`)),
    ({ status }) => status === "COMPLETED",
  );
  return { submitMs, resultMs: performance.now() - start, result };
}

async function atOnce(url: string, body: string): Promise<Answered> {
  const start = performance.now();
  const { result } = await json<PeerView>(await posted(url, body));
  return { resultMs: performance.now() - start, result };
}

export const asks: Record<DesignName, Ask> = {
  "sluice-wait": withWait,
  "sluice-poll": withPolls,
  "express-sqs": fromQueue,
  "express-spawn": atOnce,
};
