import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, vi } from "vitest";
import { s3 } from "../../aws/s3/client.ts";
import { objectStore } from "../../aws/s3/object-store.ts";
import type { Emulator } from "../../local/emulators/emulator.ts";
import { startS3 } from "../../local/emulators/s3.ts";
import { Adversary } from "../faults/simulation/adversary.ts";
import { Bucket } from "../faults/simulation/bucket.ts";
import { Chance } from "../faults/simulation/chance.ts";
import { Clock } from "../faults/simulation/clock.ts";
import { Network } from "../faults/simulation/network.ts";
import { memoryWorld } from "../support/jobs/memory-ports.ts";
import { onClock } from "../support/jobs/on-clock.ts";
import { start } from "../support/jobs/sample-jobs.ts";
import { objectStoreSuite } from "./object-store.ts";

const buckets = Array.from({ length: 20 }, (_, index) => ({ name: `bucket-${index}` }));
let emulator: Emulator;
let folder: string;
let opened = 0;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "sluice-objects-"));
  emulator = await startS3(folder, buckets);
  vi.stubEnv("AWS_ENDPOINT_URL_S3", emulator.url);
  vi.stubEnv("AWS_REGION", "eu-west-1");
  // The two that s3rver knows.
  vi.stubEnv("AWS_ACCESS_KEY_ID", "S3RVER");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "S3RVER");
});
afterAll(async () => {
  vi.unstubAllEnvs();
  s3().destroy();
  await emulator.stop();
  await rm(folder, { recursive: true });
});

objectStoreSuite("S3", async () => {
  const bucket = buckets[opened++];
  if (!bucket) throw new Error("there are more tests than buckets");
  return { objects: objectStore(bucket.name) };
});

objectStoreSuite("the memory store", async () => ({ objects: memoryWorld().ports.objects }));

objectStoreSuite("the simulation's bucket", async () => {
  const clock = new Clock(start);
  const adversary = new Adversary(new Chance(1), clock);
  adversary.calmSince = start;
  return { objects: onClock(clock, new Bucket(new Network(clock, adversary)).objects) };
});
