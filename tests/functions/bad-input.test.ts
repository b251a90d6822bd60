import { gzipSync } from "node:zlib";
import { maxBodyBytes } from "@sluice/contract/limits";
import { encodeNpy } from "@sluice/contract/npy";
import fc from "fast-check";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { handler as plans } from "../../functions/plans.ts";
import { handler as submit } from "../../functions/submit.ts";
import { handler as uploads } from "../../functions/uploads.ts";
import { call, freshStage, isProblem, type Reply } from "../support/functions/stage.ts";
import type { World } from "../support/jobs/memory-ports.ts";

vi.mock("../../aws/ports.ts", async () => (await import("../support/functions/stage.ts")).portsOfStage());
vi.mock("../../aws/telemetry/log.ts", async () =>
  (await import("../support/functions/stage.ts")).logOfStage(),
);
vi.mock("../../aws/config.ts", async () => (await import("../support/functions/stage.ts")).configOfStage());

let world: World;
beforeEach(() => {
  world = freshStage();
});

const asNpy = { "content-type": "application/x-npy" };
const npy = encodeNpy({ shape: [2, 2], dtype: "float64", data: Float64Array.of(1, 2, 3, 4) });

/** The answer is a problem document with this status and code, and nothing was stored or queued. */
function refused(reply: Reply, status: number, code: string): void {
  expect(isProblem(reply), reply.text).toBe(true);
  expect([reply.status, reply.body.code]).toEqual([status, code]);
  expect([world.table.size, world.bucket.size, world.messages.length]).toEqual([0, 0, 0]);
  expect(reply.text).not.toMatch(/node_modules|at \w+ \(|\.ts:\d/);
}

test("what needs Fargate, on a stage deployed without it", async () => {
  Object.assign(world.ports, { settings: { ...world.ports.settings, fargate: false } });
  const large = {
    operation: "matmul",
    inputs: {
      a: { random: { shape: [8000, 8000], seed: 1 } },
      b: { random: { shape: [8000, 8000], seed: 2 } },
    },
  };
  refused(await call(submit, { method: "POST", body: large }), 422, "fargate-not-deployed");
  refused(
    await call(submit, { method: "POST", body: { dataMatrix: [[1]], target: "fargate" } }),
    422,
    "fargate-not-deployed",
  );
});

describe("a key that would reach the prototype", () => {
  test.each(['{"__proto__": {"x": 1}}', '{"a": {"__proto__": 1}}'])("%s", async (body) => {
    refused(await call(submit, { method: "POST", body }), 422, "unknown-field");
    refused(await call(plans, { method: "POST", body }), 422, "unknown-field");
    refused(await call(uploads, { method: "POST", body }), 400, "malformed-json");
  });

  test.each(["params", "labels", "inputs"])("inside %s", async (field) => {
    const body = `{"dataMatrix": [[1]], "${field}": {"__proto__": {"polluted": "x"}}}`;
    const { status } = await call(submit, { method: "POST", body });
    expect([202, 422]).toContain(status);
    expect(({} as { polluted?: string }).polluted).toBeUndefined();
  });
});

describe("400 malformed JSON", () => {
  test.each(["", "{", "{'a': 1}", "[1,2", "NaN", "\u0000", '{"dataMatrix": [[1,]]}', "\ufeff{}x"])(
    "%j",
    async (body) => {
      refused(await call(submit, { method: "POST", body }), 400, "malformed-json");
    },
  );

  test("no body at all", async () => {
    refused(
      await call(submit, { method: "POST", headers: { "content-type": "application/json" } }),
      400,
      "malformed-json",
    );
    refused(
      await call(plans, { method: "POST", headers: { "content-type": "application/json" } }),
      400,
      "malformed-json",
    );
  });

  test("a body that says it is gzip and is not", async () => {
    const body = Buffer.from("{}");
    const headers = { "content-type": "application/json", "content-encoding": "gzip" };
    const reply = await call(submit, { method: "POST", body, headers });
    refused(reply, 400, "bad-request");
    expect(reply.body.field).toBe("content-encoding");
  });

  test("a gzip body that breaks off", async () => {
    const cut = gzipSync(JSON.stringify({ dataMatrix: [[1, 2, 3]] })).subarray(0, 20);
    refused(
      await call(submit, { method: "POST", body: cut, headers: { "content-encoding": "gzip" } }),
      400,
      "bad-request",
    );
  });
});

describe("415 wrong content type", () => {
  test.each([
    "text/plain",
    "text/csv",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/jsonp",
    "application/x-npyz",
  ])("%s", async (type) => {
    for (const handler of [submit, plans]) {
      const reply = await call(handler, {
        method: "POST",
        body: '{"dataMatrix":[[1]]}',
        headers: { "content-type": type },
      });
      refused(reply, 415, "unsupported-media-type");
      expect(reply.body).toMatchObject({ field: "content-type", got: type });
    }
  });

  test("none at all", async () => {
    for (const handler of [submit, plans])
      refused(await call(handler, { method: "POST" }), 415, "unsupported-media-type");
  });

  test("a compression we do not know", async () => {
    const reply = await call(submit, { method: "POST", body: "{}", headers: { "content-encoding": "br" } });
    refused(reply, 415, "unsupported-media-type");
    expect(reply.body).toMatchObject({ field: "content-encoding", expected: "gzip", got: "br" });
  });
});

describe("422 invalid content", () => {
  test.each([
    [
      "ragged",
      { dataMatrix: [[1, 2], [3]] },
      "invalid-array",
      { field: "dataMatrix[1]", expected: "an array of 2, as its neighbours", got: "an array of 1" },
    ],
    [
      "ragged, in an input",
      { operation: "fft2", inputs: { a: { data: [[1], [2, 3]] } } },
      "invalid-array",
      { field: "inputs.a.data[1]" },
    ],
    [
      "not a number",
      { dataMatrix: [[1, "two"]] },
      "invalid-array",
      { field: "dataMatrix[0][1]", got: '"two"' },
    ],
    [
      "true for a number",
      { dataMatrix: [[1, true]] },
      "invalid-array",
      { field: "dataMatrix[0][1]", got: "true" },
    ],
    ["not a matrix", { dataMatrix: "1,2" }, "invalid-array", { field: "dataMatrix" }],
    ["null for a matrix", { dataMatrix: null }, "invalid-array", { field: "dataMatrix" }],
    [
      "complex, one part short",
      { operation: "fft2", dataMatrix: { re: [[1]] } },
      "invalid-array",
      { field: "dataMatrix.im" },
    ],
    [
      "unknown operation",
      { operation: "no-such-operation", dataMatrix: [[1]] },
      "unknown-operation",
      { field: "operation", got: '"no-such-operation"' },
    ],
    [
      "unknown param",
      { params: { sede: 1 }, dataMatrix: [[1]] },
      "invalid-params",
      { field: "params.sede", expected: "only seed, columns" },
    ],
    [
      "param of a wrong type",
      { params: { columns: "3" }, dataMatrix: [[1]] },
      "invalid-params",
      { field: "params.columns", got: '"3"' },
    ],
    ["unknown field", { dataMatrix: [[1]], priority: 5 }, "unknown-field", { field: "priority" }],
    [
      "unknown field, deep",
      { inputs: { a: { random: { shape: [2, 2], mean: 0 } } } },
      "unknown-field",
      { field: "inputs.a.random.mean" },
    ],
    ["no input", {}, "invalid-shape", { field: "inputs.a", got: "nothing" }],
    ["a vector", { dataMatrix: [1, 2, 3] }, "invalid-shape", { field: "inputs.a" }],
    ["a list for a body", [1], "invalid-field", { field: "body", expected: "object", got: "an array of 1" }],
    ["null for a body", "null", "invalid-field", { field: "body", got: "null" }],
    ["a string for a body", '"hello"', "invalid-field", { field: "body", got: '"hello"' }],
    [
      "a target that is none",
      { target: "gpu", dataMatrix: [[1]] },
      "invalid-field",
      { field: "target", got: '"gpu"' },
    ],
    [
      "no time at all",
      { maxSeconds: 0, dataMatrix: [[1]] },
      "invalid-field",
      { field: "maxSeconds", expected: "at least 1 second", got: "0" },
    ],
    [
      "eleven labels",
      { labels: Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`l${n}`, ""])), dataMatrix: [[1]] },
      "invalid-field",
      { field: "labels", expected: "at most 10 labels" },
    ],
    [
      "params beyond 64 KiB",
      { params: { seed: "1".repeat(70_000) }, dataMatrix: [[1]] },
      "invalid-field",
      { field: "params", expected: "params of at most 65536 bytes" },
    ],
    [
      "an upload of nobody",
      { inputs: { a: { upload: "x" } } },
      "input-not-found",
      { field: "inputs.a.upload" },
    ],
  ])("%s", async (_what, body, code, place) => {
    const reply = await call(submit, { method: "POST", body });
    refused(reply, 422, code);
    expect(reply.body).toMatchObject(place);
    // The sentence itself says what was expected, and of what.
    expect(reply.body.detail.length).toBeGreaterThan(15);
  });

  test.each([
    ["no .npy", Buffer.from("hello"), {}, "invalid-npy", "inputs.a.npy"],
    ["an empty body", Buffer.alloc(0), {}, "invalid-npy", "inputs.a.npy"],
    ["a .npy that breaks off", npy.subarray(0, npy.length - 8), {}, "invalid-npy", "inputs.a.npy"],
    [
      "a .npy of strings",
      Buffer.from(Buffer.from(npy).toString("latin1").replace("'<f8'", "'<U8'"), "latin1"),
      {},
      "invalid-npy",
      "inputs.a.npy",
    ],
    ["params that are no JSON", npy, { params: "seed=1" }, "invalid-params", "params"],
    ["params that are no object", npy, { params: "[1]" }, "invalid-field", "params"],
    ["an unknown query parameter", npy, { seed: "1" }, "unknown-field", "seed"],
    ["an unknown operation", npy, { operation: "x" }, "unknown-operation", "operation"],
  ])("as raw .npy: %s", async (_what, body, query, code, field) => {
    const reply = await call(submit, { method: "POST", body, query, headers: asNpy });
    refused(reply, 422, code);
    expect(reply.body.field).toBe(field);
  });
});

describe("413 too large", () => {
  test("a body", async () => {
    const reply = await call(submit, {
      method: "POST",
      body: `{"dataMatrix":[[${"1,".repeat(maxBodyBytes / 2)}1]]}`,
    });
    refused(reply, 413, "payload-too-large");
    expect(reply.body).toMatchObject({
      field: "body",
      expected: `at most ${maxBodyBytes} bytes, unpacked`,
      url: "/uploads",
    });
    expect(reply.body.detail).toContain("/uploads");
  });

  test("a body of bytes", async () => {
    refused(
      await call(submit, { method: "POST", body: Buffer.alloc(maxBodyBytes + 1), headers: asNpy }),
      413,
      "payload-too-large",
    );
  });

  test("a gzip bomb is stopped while it unpacks", async () => {
    const bomb = gzipSync(Buffer.alloc(120 * 1024 * 1024), { level: 1 });
    expect(bomb.byteLength).toBeLessThan(maxBodyBytes);
    const before = process.memoryUsage().arrayBuffers;
    const reply = await call(submit, { method: "POST", body: bomb, headers: { "content-encoding": "gzip" } });
    refused(reply, 413, "payload-too-large");
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(60 * 1024 * 1024);
  });
});

test("whatever JSON comes, the answer is a 202 or a problem of the caller's", async () => {
  const names = ["operation", "params", "dataMatrix", "inputs", "target", "maxSeconds", "labels"];
  const matrix = fc.array(fc.array(fc.double({ noNaN: true }), { maxLength: 3 }), { maxLength: 3 });
  const value = fc.oneof(
    fc.jsonValue(),
    matrix,
    fc.constantFrom("matmul", "fft2", "auto", "NaN", { a: { data: [[1]] } }, { a: { npy: "" } }),
  );
  const body = fc.oneof(
    fc.jsonValue(),
    fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), value, { maxKeys: 4 }),
  );
  await fc.assert(
    fc.asyncProperty(body, async (sent) => {
      world = freshStage();
      const reply = await call(submit, { method: "POST", body: JSON.stringify(sent) });
      if (reply.status === 202) return;
      expect([400, 422], reply.text).toContain(reply.status);
      expect(isProblem(reply)).toBe(true);
      expect(world.table.size + world.bucket.size + world.messages.length).toBe(0);
    }),
    { numRuns: 400 },
  );
});

test("whatever bytes come as .npy, likewise", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 200 }),
      fc.nat(npy.length),
      fc.nat(255),
      async (noise, at, byte) => {
        const bent = npy.slice();
        bent[at] = byte;
        for (const body of [noise, bent]) {
          world = freshStage();
          const reply = await call(submit, { method: "POST", body, headers: asNpy });
          if (reply.status !== 202) expect([reply.status, isProblem(reply)], reply.text).toEqual([422, true]);
        }
      },
    ),
    { numRuns: 200 },
  );
});
