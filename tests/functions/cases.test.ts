import { gzipSync } from "node:zlib";
import { encodeNpy } from "@sluice/contract/npy";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { jobStore } from "../../aws/dynamodb/job-store.ts";
import { handler as get } from "../../functions/get.ts";
import { handler as list } from "../../functions/list.ts";
import { handler as plans } from "../../functions/plans.ts";
import { handler as result } from "../../functions/result.ts";
import { handler as submit } from "../../functions/submit.ts";
import { compute } from "../../jobs/run/compute.ts";
import { work } from "../../jobs/run/dispatch.ts";
import { runJob } from "../../jobs/run/run.ts";
import cases from "../fixtures/cases.json" with { type: "json" };
import { createJobsTable } from "../support/aws/jobs-table.ts";
import { type StubCloud, startStubCloud, tableName } from "../support/aws/stub-cloud.ts";
import { call, freshStage, isProblem, type Reply, stage } from "../support/functions/stage.ts";
import { lambdaMachine } from "../support/jobs/submitting.ts";

vi.mock("../../aws/ports.ts", async () => (await import("../support/functions/stage.ts")).portsOfStage());
vi.mock("../../aws/telemetry/log.ts", async () =>
  (await import("../support/functions/stage.ts")).logOfStage(),
);
vi.mock("../../aws/config.ts", async () => (await import("../support/functions/stage.ts")).configOfStage());

/** Requests at the edges of what may be asked, through the handlers and a real table, with the right answers. */
interface Case {
  readonly name: string;
  readonly kind: string;
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly body?: unknown;
  /** Sent gzipped. */
  readonly gzip?: unknown;
  readonly expect: {
    readonly status: number;
    readonly code?: string;
    readonly result?: unknown;
    readonly outputs?: Record<string, unknown>;
    readonly labels?: Record<string, string>;
  };
  /** A GET of the result afterwards. */
  readonly then?: {
    readonly accept?: string;
    readonly query?: Record<string, string>;
    readonly status: number;
  };
}

let cloud: StubCloud;
beforeAll(async () => {
  cloud = await startStubCloud();
  await createJobsTable();
});
afterAll(() => cloud.stop());
beforeEach(() => {
  const world = freshStage();
  stage.world = { ...world, ports: { ...world.ports, store: jobStore(tableName, Date.now) } };
});

async function send({ path, headers = {}, query, body, gzip }: Case): Promise<Reply> {
  const isGzip = gzip !== undefined;
  return call(path === "/plans" ? plans : submit, {
    method: "POST",
    headers: isGzip ? { "content-type": "application/json", ...headers } : headers,
    ...(query ? { query } : {}),
    body: isGzip ? gzipSync(JSON.stringify(gzip)) : body,
  });
}

/** The view of the job once it has ended, by way of the queue. */
async function ended({ body: { jobId } }: Reply): Promise<Reply> {
  const message = stage.world.messages.shift();
  if (message) await work(message, lambdaMachine(), compute, stage.world.ports);
  const reply = await call(get, { jobId, headers: { prefer: "wait=0" } });
  expect(reply.body.status, reply.text).toBe("COMPLETED");
  return reply;
}

const kinds = [...new Set(cases.map(({ kind }) => kind))];

describe.each(kinds)("%s", (kind) => {
  test.each((cases as readonly Case[]).filter((one) => one.kind === kind))("$name", async (one) => {
    const { status, code, labels, ...values } = one.expect;
    const reply = await send(one);
    if (status !== 200 || one.path === "/plans") {
      expect([reply.status, reply.body.code], reply.text).toEqual([
        status,
        ...(code ? [code] : [reply.body.code]),
      ]);
      expect(reply.status === 200 || isProblem(reply)).toBe(true);
      // What is refused leaves no trace.
      expect([stage.world.bucket.size, stage.world.messages.length]).toEqual([0, 0]);
      return;
    }
    expect(reply.status, reply.text).toBe(202);
    const view = await ended(reply);
    if (labels) expect(view.body.labels).toEqual(labels);
    const outputs = values.outputs ?? ("result" in values ? { result: values.result } : {});
    for (const [name, value] of Object.entries(outputs)) {
      expect(view.body.outputs[name].data).toEqual(value);
    }
    if (!one.then) return;
    const { accept = "application/json", query } = one.then;
    const read = await call(result, {
      jobId: reply.body.jobId,
      headers: { accept },
      ...(query ? { query } : {}),
    });
    expect([read.status, one.name], read.text).toEqual([one.then.status, one.name]);
  });
});

test("the sign of -0 comes back as JSON, as CSV and in the job's view", async () => {
  const body = '{"operation":"transpose","inputs":{"a":{"data":[[-0.0]]}}}';
  const reply = await call(submit, { method: "POST", body });
  expect(reply.status, reply.text).toBe(202);
  expect((await ended(reply)).text).toContain('"data":[[-0]]');
  const { jobId } = reply.body;
  expect((await call(result, { jobId, headers: { accept: "application/json" } })).text).toContain("[[-0]]");
  expect((await call(result, { jobId, headers: { accept: "text/csv" } })).text).toBe("-0\n");
});

describe("params", () => {
  test.each([0, 2 ** 53, 1e-131, -1e300, 5e-324])(
    "come back from the table as they were sent: %d",
    async (value) => {
      const params = { max: value };
      const reply = await call(submit, {
        method: "POST",
        body: { operation: "clip", params, dataMatrix: [[1]] },
      });
      expect(reply.status, reply.text).toBe(202);
      const view = await call(get, { jobId: reply.body.jobId });
      expect(view.body.params).toMatchObject(params);
    },
  );

  test.each(["/jobs", "/plans"])("5,000 lists in one another are refused by %s", async (path) => {
    const body = `{"operation":"sum","dataMatrix":[1],"params":{"axis":${"[".repeat(5000)}${"]".repeat(5000)}}}`;
    const reply = await send({ name: "", kind: "", path, body, expect: { status: 422 } });
    expect(reply).toMatchObject({ status: 422, body: { code: "invalid-params", field: "params" } });
  });

  test("are counted in bytes, not in characters", async () => {
    const body = { operation: "sum", dataMatrix: [1], params: { axis: "€".repeat(22_000) } };
    const reply = await call(submit, { method: "POST", body });
    expect(reply).toMatchObject({ status: 422, body: { code: "invalid-field", field: "params" } });
  });

  test.each(['{"steps":[{"as":"s","op":"sum","args":{"__proto__":1}}]}', '{"axis":{"__proto__":1}}'])(
    "with a hidden key are refused: %s",
    async (params) => {
      const body = `{"operation":"program","dataMatrix":[1],"params":${params}}`;
      const reply = await call(submit, { method: "POST", body });
      expect(reply).toMatchObject({ status: 422, body: { code: "unknown-field" } });
    },
  );
});

test.each(["application/json; charset=utf-8", "application/json;charset=UTF-8", "Application/JSON"])(
  "the same bytes as %s replay the job of their Idempotency-Key",
  async (type) => {
    const body = JSON.stringify({ operation: "sum", dataMatrix: [1, 2] });
    const key = { "idempotency-key": `k ${type}` };
    const first = await call(submit, { method: "POST", body, headers: key });
    const second = await call(submit, { method: "POST", body, headers: { ...key, "content-type": type } });
    expect([second.status, second.body.jobId]).toEqual([202, first.body.jobId]);
    expect(second.headers["idempotency-replayed"]).toBe("true");
  },
);

test("a plan takes a raw .npy, as a job does", async () => {
  const array = { shape: [2, 2], dtype: "float64", data: new Float64Array([1, 2, 3, 4]) } as const;
  const request = {
    method: "POST",
    body: encodeNpy(array),
    headers: { "content-type": "application/x-npy" },
    query: { operation: "svd" },
  };
  const reply = await call(plans, request);
  expect(reply.status, reply.text).toBe(200);
  expect(reply.body).toMatchObject({ operation: "svd", inputs: { a: { shape: [2, 2] } } });
});

test.each([
  ["text/csv; charset=utf-8; header=absent", "text/csv"],
  ["application/json;q=0.1, text/csv;header=absent;q=0.9", "text/csv"],
  ['text/csv;x="a,b;q=0"; q=0.2, application/json; q=0.8', "application/json"],
])("Accept: %s is answered with %s", async (accept, type) => {
  const body = { operation: "transpose", dataMatrix: [[1, 2]] };
  const reply = await call(submit, { method: "POST", body });
  await ended(reply);
  const read = await call(result, { jobId: reply.body.jobId, headers: { accept } });
  expect([read.status, String(read.headers["content-type"]).split(";")[0]]).toEqual([200, type]);
});

describe("the text of an empty array", () => {
  test.each([
    [100_000_000, 0],
    [4_294_967_296, 0],
  ])("of shape (%d, %d) is bounded by its brackets and lines", async (...shape) => {
    const body = { operation: "abs", inputs: { a: { random: { shape } } } };
    const reply = await call(submit, { method: "POST", body });
    expect(reply.status, reply.text).toBe(202);
    const { jobId } = reply.body;
    const array = { shape, dtype: "float64", data: new Float64Array(0) } as const;
    const { ports } = stage.world;
    expect(
      await runJob({ jobId, dispatch: 1 }, lambdaMachine(), async () => ({ result: array }), ports),
    ).toBe("completed");
    for (const accept of ["application/json", "text/csv"]) {
      const start = performance.now();
      const read = await call(result, { jobId, headers: { accept } });
      expect([read.status, read.body.code]).toEqual([413, "result-too-large"]);
      expect(performance.now() - start).toBeLessThan(1000);
    }
  });
});

test("a cursor longer than a key of the table is refused", async () => {
  const position = `2026-12-01T${"0".repeat(2000)}Z#${"0".repeat(26)}`;
  const reply = await call(list, { query: { cursor: Buffer.from(position).toString("base64url") } });
  expect(reply).toMatchObject({ status: 400, body: { code: "bad-cursor" } });
});

test("what conflicts with an Idempotency-Key is named by no record, and lies where the bucket's rules remove it", async () => {
  const headers = { "idempotency-key": "conflict" };
  const filled = (value: number) => Array.from({ length: 40 }, () => Array<number>(40).fill(value));
  const first = await call(submit, { method: "POST", body: { dataMatrix: filled(1) }, headers });
  const { bucket } = stage.world;
  const stored = new Map(bucket);
  const reply = await call(submit, { method: "POST", body: { dataMatrix: filled(2) }, headers });
  expect(reply).toMatchObject({ status: 422, body: { code: "idempotency-conflict" } });
  for (const [key, bytes] of stored) expect(bucket.get(key)).toBe(bytes);
  const left = [...bucket.keys()].filter((key) => !stored.has(key));
  expect(left).toEqual([expect.stringMatching(/^jobs\/.*\/in\//)]);
  expect(JSON.stringify(await stage.world.ports.store.get(first.body.jobId))).not.toContain(left[0]);
});
