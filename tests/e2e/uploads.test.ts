import { decodeNpy, encodeNpy } from "@sluice/contract/npy";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { client } from "../../acceptance/support/client.ts";
import { unzip } from "../../acceptance/support/unzip.ts";
import { type Stack, startStack } from "../../local/stack-process.ts";

/** Arrays that no request body holds, and jobs that take the output of others. */
let stack: Stack;
let http: ReturnType<typeof client>;

beforeAll(async () => {
  stack = await startStack();
  http = client(stack.url);
});

afterAll(async () => {
  expect(await stack?.stop()).toBe(0);
});

const rows = 2 ** 20;
const columns = 8;
/** 64 MiB; times the identity it is itself, bit for bit. */
const data = Float64Array.from({ length: rows * columns }, (_, index) => Math.sin(index));
const file = encodeNpy({ shape: [rows, columns], dtype: "float64", data });
const identity = Array.from({ length: columns }, (_, row) =>
  Array.from({ length: columns }, (_, column) => (row === column ? 1 : 0)),
);

const put = (url: string, body: Uint8Array, headers: Record<string, string> = {}) =>
  fetch(url, { method: "PUT", headers, body: body as Uint8Array<ArrayBuffer> });

describe("a 64 MiB array", () => {
  let jobId: string;

  test("goes up by the link, through a job, and comes back whole and by range", async () => {
    const opened = await http.call("POST", "/uploads", { bytes: file.byteLength });
    expect(opened.status).toBe(201);
    const { uploadId, url, headers } = opened.body;
    const early = await http.submit({
      operation: "matmul",
      inputs: { a: { upload: uploadId }, b: { data: identity } },
    });
    expect([early.status, early.body.code]).toEqual([422, "input-not-found"]);
    expect((await put(url, file, headers)).status).toBe(200);

    const { body } = await http.submit({
      operation: "matmul",
      inputs: { a: { upload: uploadId }, b: { data: identity } },
    });
    expect(body.inputs.a).toEqual({ shape: [rows, columns], dtype: "float64", bytes: data.byteLength });
    jobId = body.jobId;
    const view = await http.ended(jobId);
    expect(view).toMatchObject({ status: "COMPLETED", outputs: { result: { bytes: file.byteLength } } });

    const link = view.outputs?.result?.url ?? "";
    const whole = Buffer.from(await (await fetch(link)).arrayBuffer());
    expect(whole.equals(file)).toBe(true);
    for (const [from, to] of [
      [0, 127],
      [1_000_000, 2_000_000],
      [file.byteLength - 8, file.byteLength - 1],
    ] as const) {
      const part = await fetch(link, { headers: { range: `bytes=${from}-${to}`, origin: "null" } });
      expect(part.status).toBe(206);
      expect(part.headers.get("content-range")).toBe(`bytes ${from}-${to}/${file.byteLength}`);
      expect(Buffer.from(await part.arrayBuffer()).equals(file.subarray(from, to + 1))).toBe(true);
    }
  }, 120_000);

  test("is told of by HEAD, and is too large for any other form", async () => {
    const head = await fetch(`${stack.url}/jobs/${jobId}/result`, { method: "HEAD" });
    expect(head.status).toBe(200);
    expect(head.headers.get("x-array-bytes")).toBe(String(file.byteLength));
    expect(head.headers.get("content-length")).toBe(String(file.byteLength));
    expect(head.headers.get("x-array-shape")).toBe(`${rows},${columns}`);
    for (const accept of ["application/json", "text/csv", "application/zip"]) {
      const refused = await http.call("GET", `/jobs/${jobId}/result`, undefined, { accept });
      expect([refused.status, refused.body.code]).toEqual([413, "result-too-large"]);
    }
  });
});

test("a link takes the size it was made for, and a browser may follow it", async () => {
  const small = encodeNpy({ shape: [2], dtype: "float64", data: Float64Array.of(1, 2) });
  const { body } = await http.call("POST", "/uploads", { bytes: small.byteLength });
  expect((await put(body.url, small.subarray(1))).status).toBe(403);
  const preflight = await fetch(body.url, {
    method: "OPTIONS",
    headers: { origin: "null", "access-control-request-method": "PUT" },
  });
  expect(preflight.headers.get("access-control-allow-methods")).toContain("PUT");
  const stored = await put(body.url, small, { origin: "null" });
  expect(stored.status).toBe(200);
  expect(stored.headers.get("access-control-expose-headers")).toMatch(/ETag, ?Content-Range/i);
});

test("a job that takes the output of one that still runs starts by itself", async () => {
  const random = (seed: number) => ({ random: { shape: [1500, 1500], seed } });
  const { body: parent } = await http.submit({
    operation: "matmul",
    inputs: { a: random(1), b: random(2) },
    target: "fargate",
  });
  const { body: child } = await http.submit({
    operation: "spectral-projection",
    params: { columns: 2 },
    inputs: { a: { job: parent.jobId } },
  });
  expect(child).toMatchObject({
    status: "PENDING",
    statusReason: `waiting for the output of job ${parent.jobId}`,
    inputs: { a: { shape: [1500, 1500] } },
  });
  const view = await http.ended(child.jobId);
  expect(view.status).toBe("COMPLETED");
  const asked = async (accept: string) => {
    const response = await fetch(`${stack.url}/jobs/${child.jobId}/result`, { headers: { accept } });
    expect(response.status).toBe(200);
    return Buffer.from(await response.arrayBuffer());
  };
  const { data } = decodeNpy(await asked("application/x-npy"));
  const inZip = unzip(await asked("application/zip")).get("result.npy")?.bytes ?? new Uint8Array();
  expect(decodeNpy(new Uint8Array(inZip)).data).toEqual(data);
  const table = (await asked("text/csv")).toString().trimEnd().split("\n");
  expect(table.flatMap((line) => line.split(",").map(Number))).toEqual([...data]);
}, 180_000);
