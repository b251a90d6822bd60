import type { BatchView } from "@sluice/contract/batch";
import { cpuMs } from "../cpu-time.ts";
import type { Slice } from "./closed-loop.ts";

const jobs = 1000;

async function view(response: Response): Promise<BatchView> {
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as BatchView;
}

/** One batch of a thousand jobs on random n×n matrices, from its POST to the answer that says that all have COMPLETED. */
export async function oneBatch(url: string, pid: number, n: number): Promise<Slice> {
  const inputs = (seed: number) => ({ a: { random: { shape: [n, n], seed } } });
  const body = JSON.stringify({
    jobs: Array.from({ length: jobs }, (_, seed) => ({ inputs: inputs(seed) })),
  });
  const headers = { "content-type": "application/json", prefer: "wait=20" };
  const before = cpuMs(pid);
  const start = performance.now();
  let batch = await view(await fetch(`${url}/batches`, { method: "POST", headers, body }));
  while (!batch.finished) batch = await view(await fetch(`${url}${batch.links.self}`, { headers }));
  const took = performance.now() - start;
  if (batch.counts.COMPLETED !== jobs)
    throw new Error(`of ${jobs} jobs ended ${JSON.stringify(batch.counts)}`);
  const after = cpuMs(pid);
  const spent = before === undefined || after === undefined ? undefined : (after - before) / jobs;
  return { samples: Array(jobs).fill({ resultMs: took }), seconds: took / 1000, cpuMs: spent };
}
