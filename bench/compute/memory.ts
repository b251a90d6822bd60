import { withBundles } from "./bundles.ts";
import { type Case, nothing, type Row, row } from "./case.ts";
import type { Held, Job } from "./one-job.ts";
import { output } from "./processes.ts";

const entry = "bench/compute/one-job.ts";

const jobs: Readonly<Record<string, (n: number) => Job>> = {
  "memory-pipeline": (n) => ({
    operation: "spectral-projection",
    params: { seed: 7, columns: n },
    n,
    inputs: ["a"],
  }),
  "memory-matmul": (n) => ({ operation: "matmul", params: {}, n, inputs: ["a", "b"] }),
};

/** The most memory a process holds for a job, beyond what the same process holds without one, over the plan's peak. */
export async function memory(cases: readonly Case[], report: (row: Row) => void): Promise<void> {
  await withBundles([entry], async (bundleOf) => {
    const held = async (job: Job | null): Promise<Held> =>
      JSON.parse(await output(process.execPath, [bundleOf(entry), JSON.stringify(job)]));
    const idle = await held(null);
    for (const one of cases) {
      const job = jobs[one.case]?.(one.n ?? 0);
      if (!job) throw new Error(`no job is known for the case ${one.case}`);
      const { bytes: most, plannedBytes } = await held(job);
      const bytes = most - idle.bytes;
      report(row(one, { ...nothing, ratio: bytes / plannedBytes, bytes, plannedBytes, peer: "the plan" }));
    }
  });
}
