/**
 * A worker process as the operating system sees it: writes or reads an operand of 512 MiB, says what it took.
 * Arguments: bucket, key, "write" | "read" | "job".
 */
import { demand, plan, profiles, run } from "@sluice/compute";
import type { ArraySpec, FloatingArray } from "@sluice/contract/array";
import { dataBytes, npyHeader } from "@sluice/contract/npy";
import { objectStore } from "../../../aws/s3/object-store.ts";
import { readInput, shared, writeOutputs } from "../../../jobs/run/arrays.ts";
import { sampleJob } from "../jobs/sample-jobs.ts";

export interface Measured {
  /** Beyond the array, at most. */
  readonly extraMiB: number;
  readonly seconds: number;
  readonly wrong?: number;
  /** Of the process over what its plan said. */
  readonly overPlan?: number;
}

const spec = { shape: [8192, 8192], dtype: "float64" } as const satisfies ArraySpec;
const [bucket = "", key = "", task] = process.argv.slice(2);
const mebibyte = 1024 * 1024;
const objects = objectStore(bucket);
const valueAt = (index: number) => index * 1.5;
const { signal } = new AbortController();

async function measured(arrayBytes: number, action: () => Promise<unknown>) {
  const before = process.memoryUsage.rss();
  const start = performance.now();
  await action();
  const seconds = (performance.now() - start) / 1000;
  const most = process.resourceUsage().maxRSS * 1024;
  return { extraMiB: (most - before - arrayBytes) / mebibyte, seconds };
}

async function write(): Promise<Measured> {
  const data = new Float64Array(new SharedArrayBuffer(512 * mebibyte));
  for (let index = 0; index < data.length; index++) data[index] = valueAt(index);
  return measured(0, () => objects.put(key, [npyHeader(spec), dataBytes({ ...spec, data })]));
}

function read(): Promise<FloatingArray> {
  const input = { ...spec, key, offset: 0, length: npyHeader(spec).byteLength + 512 * mebibyte };
  return readInput("a", input, objects, { allocate: shared }) as Promise<FloatingArray>;
}

async function readOnly(): Promise<Measured> {
  let array: FloatingArray | undefined;
  const taken = await measured(512 * mebibyte, async () => {
    array = await read();
  });
  return { ...taken, wrong: array?.data.findIndex((value, index) => value !== valueAt(index)) ?? 0 };
}

/** What runJob does between claim and finish. */
async function job(): Promise<Measured> {
  const b = { shape: [8192, 16], dtype: "float64", seed: 1 } as const;
  const { peakBytes } = demand(plan("matmul", {}, { a: spec, b }), profiles.wasm, 1);
  const taken = await measured(512 * mebibyte, async () => {
    const results = run("matmul", {}, { a: await read(), b }, { threadEnds: true });
    await writeOutputs(
      sampleJob().jobId,
      "1",
      results,
      { objects, settings: { recordArrays: true } },
      signal,
    );
  });
  return { ...taken, overPlan: (process.resourceUsage().maxRSS * 1024) / peakBytes };
}

const tasks: Record<string, () => Promise<Measured>> = { write, read: readOnly, job };
const report = await tasks[task ?? ""]?.();
process.stdout.write(JSON.stringify(report));
