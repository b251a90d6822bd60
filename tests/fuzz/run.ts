import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { client } from "../../acceptance/support/client.ts";
import { startStack } from "../../local/stack-process.ts";
import { Campaign } from "./campaign.ts";
import { MemoryWatch, toleranceMiB } from "./memory.ts";
import { anyRequest } from "./requests/requests.ts";
import { socketTarget } from "./socket.ts";
import { idsInBucket, storedIn } from "./stored.ts";

/**
 * The long form of tests/fuzz/fuzz.test.ts, against the local cloud over sockets:
 * npm run fuzz -- --requests 20000 [--seed 1]. The same seed makes the same requests.
 */

const { values } = parseArgs({
  options: { requests: { type: "string", default: "20000" }, seed: { type: "string", default: "1" } },
});
const [requests, seed] = [Number(values.requests), Number(values.seed)];
if (![requests, seed].every(Number.isSafeInteger) || requests < 1) {
  throw new Error("expected whole numbers: --requests N, --seed S");
}

/** Requests under way at once: what one does to another is half of what can go wrong. */
const lanes = 4;
/** Requests between two looks at the memory. */
const perSample = 50;
const waits = ["wait=0", "wait=1", "wait=1", 'respond-async, wait="1"', "wait=2", "wait=99999999"];

const folder = mkdtempSync(path.join(tmpdir(), "sluice-fuzz-"));
/** V8 collects late where it may have gigabytes: with a bounded heap, memory that grows is memory that is kept. */
const boundedHeap = "--max-old-space-size=400";
const stack = await startStack({ SLUICE_DATA: folder, NODE_OPTIONS: boundedHeap });
const warmUp = new Set(idsInBucket(folder));
const target = socketTarget(stack.url);
const campaign = new Campaign(target, stack.url);
const memory = new MemoryWatch(stack.process.pid ?? 0);

/** Cancels what still runs, and waits until all jobs have ended. */
async function endAll(): Promise<number> {
  const http = client(stack.url);
  let ended = 0;
  for (const jobId of campaign.accepted.jobs) {
    const { body } = await http.call("GET", `/jobs/${jobId}/status`);
    if (!["PENDING", "PROCESSING"].includes(body.status)) continue;
    await http.call("DELETE", `/jobs/${jobId}`);
    await http.ended(jobId);
    ended += 1;
  }
  return ended;
}

const start = performance.now();
let sampled = 0;
const watch = (): void => {
  if (campaign.sent < sampled) return;
  sampled += perSample;
  memory.sample();
  if (sampled % 2000 < perSample) console.error(`${campaign.sent} of ${requests} requests`);
};
await Promise.all(
  Array.from({ length: lanes }, (_, lane) =>
    // Each lane has seeds of its own.
    campaign.run(anyRequest(waits), Math.ceil(requests / lanes), seed * 1_000_000 + lane * 10_000, watch),
  ),
);
const seconds = (performance.now() - start) / 1000;
const cancelled = await endAll();
target.close();
const code = await stack.stop();
const { jobs, uploads, batches } = campaign.accepted;
const stored = await storedIn(folder);
rmSync(folder, { recursive: true });

const isKnown = (id: string) => jobs.has(id) || uploads.has(id) || batches.has(id) || warmUp.has(id);
const traces = {
  records: stored.records.filter((id) => !isKnown(id)),
  objects: stored.objects.filter((id) => !isKnown(id)),
  messages: stored.messages.filter((id) => !isKnown(id)),
};
for (const [name, count] of [...campaign.counts].sort()) console.log(`${String(count).padStart(7)}  ${name}`);
for (const { problem, curl } of campaign.failures) console.log(`\n${problem}\n  ${curl.slice(0, 20_000)}`);
console.log(`
seed ${seed}: ${campaign.sent} requests in ${seconds.toFixed(0)} s, ${campaign.failures.length} failures
jobs taken: ${jobs.size}, ${cancelled} of them cancelled at the end; uploads opened: ${uploads.size}
traces of refused requests: ${JSON.stringify(traces)}; dead letters: ${JSON.stringify(stored.dead)}
memory of the API's process: ${memory.early.toFixed(0)} MiB in the second fifth, ${memory.late.toFixed(0)} MiB in the last (at most ${toleranceMiB} MiB more)
the stack ended with ${code}`);
const isClean = Object.values(traces).every((ids) => ids.length === 0) && stored.dead.length === 0;
process.exitCode = campaign.failures.length === 0 && isClean && memory.isFlat && code === 0 ? 0 : 1;
