import type { JobView } from "@sluice/contract/job";
import { startStack } from "../local/stack-process.ts";
import { quantile } from "./quantile.ts";
import { submit } from "./submit.ts";

/** A hundred mixed jobs at once on a stack that has just started, and again: how soon is each accepted? */
export interface BurstCase {
  readonly case: "burst";
  readonly burst: "first" | "second";
  readonly jobs: number;
  /** POST → 202. */
  readonly submitMs: { readonly p50: number; readonly p99: number };
  /** From the first POST until every job has completed. */
  readonly seconds: number;
}

const jobs = 100;
const callers = 20;
const sizes = [2, 8, 16, 32, 64, 96, 128, 192, 256];

const bodies = sizes.map((n) =>
  JSON.stringify({
    dataMatrix: Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => i - j / 7)),
  }),
);

async function completed(url: string, jobId: string): Promise<void> {
  for (;;) {
    const answer = await fetch(`${url}/jobs/${jobId}`, { headers: { prefer: "wait=20" } });
    const { status, statusReason } = (await answer.json()) as JobView;
    if (status === "COMPLETED") return;
    if (status === "FAILED" || status === "CANCELLED") throw new Error(`job ${jobId}: ${statusReason}`);
  }
}

async function burst(url: string): Promise<Pick<BurstCase, "submitMs" | "seconds">> {
  const start = performance.now();
  const accepted: { jobId: string; ms: number }[] = [];
  let next = 0;
  const caller = async () => {
    while (next < jobs) accepted.push(await submit(url, bodies[next++ % bodies.length] ?? ""));
  };
  await Promise.all(Array.from({ length: callers }, caller));
  for (const { jobId } of accepted) await completed(url, jobId);
  const times = accepted.map(({ ms }) => ms);
  return {
    submitMs: { p50: quantile(times, 0.5), p99: quantile(times, 0.99) },
    seconds: (performance.now() - start) / 1000,
  };
}

export async function burstCases(report: (result: BurstCase) => void): Promise<void> {
  const stack = await startStack();
  try {
    for (const which of ["first", "second"] as const) {
      report({ case: "burst", burst: which, jobs, ...(await burst(stack.url)) });
    }
  } finally {
    await stack.stop();
  }
}
