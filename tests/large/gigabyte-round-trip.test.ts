/**
 * A gigabyte goes up, through a task and down again on the local cloud, and NumPy opens what came back. Some two
 * minutes, 3 GiB of memory and of disk: `npm run test:large`, no part of `npm test`.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, existsSync, mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { npyHeader } from "@sluice/contract/npy";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { client } from "../../acceptance/support/client.ts";
import { type Stack, startStack } from "../../local/stack-process.ts";
import { type Processes, watchProcesses } from "../support/large/processes.ts";

const MiB = 2 ** 20;
const rows = 2 ** 24;
const columns = 8;
const spec = { shape: [rows, columns], dtype: "float64" } as const;
const header = npyHeader(spec);
const bytes = header.byteLength + rows * columns * 8;
/** Halves of whole numbers: NumPy and we make the same ones, and sums with zeros keep them. */
const cycle = 1_000_003;
const check = `
import sys, numpy
a = numpy.load(sys.argv[1], mmap_mode="r")
assert a.shape == (${rows}, ${columns}) and a.dtype == numpy.float64, (a.shape, a.dtype)
for start in range(0, len(a), 2**20):
    part = a[start:start + 2**20]
    expected = (numpy.arange(start * ${columns}, start * ${columns} + part.size) % ${cycle}) * 0.5
    assert (part.ravel() == expected).all(), start
print("equal")
`;

let stack: Stack;
let http: ReturnType<typeof client>;
let processes: Processes;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "sluice-gigabyte-"));
  stack = await startStack();
  http = client(stack.url);
}, 120_000);
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  expect(await stack?.stop()).toBe(0);
});

function* file(): Generator<Uint8Array> {
  yield header;
  const block = MiB / 8;
  for (let start = 0; start < rows * columns; start += block) {
    const numbers = Float64Array.from({ length: block }, (_, index) => ((start + index) % cycle) * 0.5);
    yield new Uint8Array(numbers.buffer);
  }
}

async function put(url: string, headers: Record<string, string>): Promise<number> {
  const upload = request(url, { method: "PUT", headers });
  const answered = once(upload, "response");
  await pipeline(Readable.from(file()), upload);
  const [{ statusCode }] = await answered;
  return statusCode;
}

const identity = Array.from({ length: columns }, (_, row) =>
  Array.from({ length: columns }, (_, column) => (row === column ? 1 : 0)),
);

// Memory is counted through /proc, which only Linux has.
describe.skipIf(!existsSync("/proc/self/status"))("a gigabyte", () => {
  let result: string;

  test("goes up, through a task and down, and no process holds what is not its to hold", async () => {
    processes = watchProcesses(stack.process.pid ?? 0);
    const opened = await http.call("POST", "/uploads", { bytes });
    expect(await put(opened.body.url, opened.body.headers)).toBe(200);
    const { body } = await http.submit({
      operation: "matmul",
      inputs: { a: { upload: opened.body.uploadId }, b: { data: identity } },
    });
    expect(body.route.target).toBe("fargate");
    const view = await http.ended(body.jobId);
    expect(view).toMatchObject({ status: "COMPLETED", outputs: { result: { bytes } } });
    result = path.join(folder, "result.npy");
    const response = await fetch(view.outputs?.result?.url ?? "");
    await pipeline(Readable.fromWeb(response.body as never), createWriteStream(result));
    const { task, others } = processes.stop(body.jobId);
    const room = { task: task / MiB, allowed: (2 * bytes * 1.2) / MiB };
    console.log(
      `task: ${room.task.toFixed(0)} MiB of ${room.allowed.toFixed(0)} for operands, result and 20 %`,
    );
    for (const { name, above } of others) console.log(`${name}: ${(above / MiB).toFixed(0)} MiB above idle`);
    expect(task).toBeGreaterThan(bytes);
    expect(room.task).toBeLessThan(room.allowed);
    expect(others.length).toBeGreaterThan(1);
    for (const { name, above } of others) expect(above / MiB, name).toBeLessThan(256);
  }, 600_000);

  test("opens with numpy.load, equal in every number", ({ skip }) => {
    const numpy = spawnSync("python3", ["-c", "import numpy"]);
    if (numpy.status !== 0) skip("python3 with numpy is not installed here");
    expect(execFileSync("python3", ["-c", check, result]).toString().trim()).toBe("equal");
  }, 120_000);
});
