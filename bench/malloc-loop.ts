/**
 * One process that does what `work` does again and again: fresh inputs, a job, its outputs dropped. Prints what the last
 * rounds took, as JSON.
 */
import { random, run } from "@sluice/compute";
import { runInThread } from "@sluice/compute/node/thread";

/**
 * `arrays` only allocates, fills and drops arrays of 1–64 MB. The others are the default operation at n×n, and `mixed` is it at
 * sizes that change from job to job: what is freed fits the next array badly.
 */
export interface Loop {
  readonly kind: "arrays" | "inline" | "mixed" | "thread";
  readonly n: number;
  readonly rounds: number;
}

export interface Spent {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly faults: number;
  readonly peakMiB: number;
}

const MB = 1e6;

function arrays(): void {
  for (const size of [1, 2, 4, 8, 16, 32, 64]) new Float64Array((size * MB) / 8).fill(size);
}

async function job({ kind, n }: Loop): Promise<void> {
  if (kind === "arrays") return arrays();
  if (kind === "mixed") {
    for (const size of [1400, 300, 1000, 600, 1300]) await job({ kind: "inline", n: size, rounds: 1 });
    return;
  }
  const inputs = { a: random({ shape: [n, n], seed: 1 }) };
  const params = { seed: 7, columns: n };
  if (kind === "inline") run("spectral-projection", params, inputs);
  else await runInThread({ operation: "spectral-projection", params, inputs });
}

async function spent(loop: Loop): Promise<Spent> {
  // Before the clock starts: compiled code, the engine's modules, and the heap's first growth.
  for (let round = 0; round < 3; round += 1) await job(loop);
  const before = process.resourceUsage();
  const start = performance.now();
  for (let round = 0; round < loop.rounds; round += 1) await job(loop);
  const wall = performance.now() - start;
  const after = process.resourceUsage();
  const cpu = after.userCPUTime + after.systemCPUTime - before.userCPUTime - before.systemCPUTime;
  return {
    wallMs: wall / loop.rounds,
    cpuMs: cpu / 1000 / loop.rounds,
    faults: (after.minorPageFault - before.minorPageFault) / loop.rounds,
    peakMiB: after.maxRSS / 1024,
  };
}

void spent(JSON.parse(process.argv[2] ?? "") as Loop).then((answer) => console.log(JSON.stringify(answer)));
