import type { JobView } from "@sluice/contract/job";

/** POST /jobs until its 202. */
export async function submit(url: string, body: string): Promise<{ jobId: string; ms: number }> {
  const start = performance.now();
  const accepted = await fetch(`${url}/jobs`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  const { jobId } = (await accepted.json()) as JobView;
  if (accepted.status !== 202) throw new Error(`POST /jobs answered ${accepted.status}`);
  return { jobId, ms: performance.now() - start };
}
