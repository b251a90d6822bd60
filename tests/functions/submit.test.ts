import { gzipSync } from "node:zlib";
import { maxBodyBytes } from "@sluice/contract/limits";
import { decodeNpy, encodeNpy } from "@sluice/contract/npy";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { handler as get } from "../../functions/get.ts";
import { handler as submit } from "../../functions/submit.ts";
import { isStored } from "../../jobs/record.ts";
import { compute } from "../../jobs/run/compute.ts";
import { work } from "../../jobs/run/dispatch.ts";
import { type Call, call, freshStage, isProblem, type Reply } from "../support/functions/stage.ts";
import { inBucket, type World } from "../support/jobs/memory-ports.ts";
import { lambdaMachine, lasting } from "../support/jobs/submitting.ts";

vi.mock("../../aws/ports.ts", async () => (await import("../support/functions/stage.ts")).portsOfStage());
vi.mock("../../aws/telemetry/log.ts", async () =>
  (await import("../support/functions/stage.ts")).logOfStage(),
);
vi.mock("../../aws/config.ts", async () => (await import("../support/functions/stage.ts")).configOfStage());

let world: World;
beforeEach(() => {
  world = freshStage("none", inBucket);
  return () => vi.useRealTimers();
});

const small = {
  dataMatrix: [
    [1, 2],
    [3, 4],
  ],
};
const post = (body: unknown, more: Call = {}): Promise<Reply> =>
  call(submit, { method: "POST", body, ...more });
const npy = encodeNpy({ shape: [2, 2], dtype: "float64", data: Float64Array.of(1, 2, 3, 4) });
const asNpy = { "content-type": "application/x-npy" };

/** What lies in S3 as input a of a job. */
function inputOf(jobId: string) {
  const input = world.job(jobId).inputs.a;
  if (!input || !isStored(input)) throw new Error("the input is stored");
  return decodeNpy(
    world.bucket.get(input.key)?.slice(input.offset, input.offset + input.length) ?? new Uint8Array(),
  );
}

describe("POST /jobs", () => {
  test("answers 202 at once, with the view, where it is, and the message of old", async () => {
    const { status, headers, body } = await post(small);
    expect(status).toBe(202);
    expect(body).toMatchObject({
      status: "PENDING",
      message: "Job accepted for processing.",
      params: { seed: 0, columns: 2 },
    });
    expect(headers).toMatchObject({ "content-type": "application/json", location: `/jobs/${body.jobId}` });
    expect(headers).not.toHaveProperty("preference-applied");
    expect(world.messages).toHaveLength(1);
  });

  test.each([
    ["with its parameters", { "content-type": "application/json; charset=utf-8" }],
    ["in capitals", { "CONTENT-TYPE": "Application/JSON" }],
    ["of a JSON kind", { "content-type": "application/vnd.x+json" }],
  ])("takes a content type %s", async (_how, headers) => {
    expect((await post(small, { headers })).status).toBe(202);
  });

  test("takes a gzip body, which the gateway hands over as base64", async () => {
    const { status, body } = await post(gzipSync(JSON.stringify(small)), {
      headers: { "content-encoding": "gzip" },
    });
    expect(status).toBe(202);
    expect([...inputOf(body.jobId).data]).toEqual([1, 2, 3, 4]);
  });

  test("takes a base64 JSON body", async () => {
    expect((await post(Buffer.from(JSON.stringify(small)))).status).toBe(202);
  });

  test("takes a raw .npy, its operation and params in the query", async () => {
    const query = { operation: "spectral-projection", params: '{"seed": 7, "columns": 1}' };
    const { status, body } = await post(npy, { headers: asNpy, query });
    expect(status).toBe(202);
    expect(body).toMatchObject({ operation: "spectral-projection", params: { seed: 7, columns: 1 } });
    expect([...inputOf(body.jobId).data]).toEqual([1, 2, 3, 4]);
  });

  test("takes a raw .npy of the default operation, gzipped", async () => {
    const { status, body } = await post(gzipSync(npy), { headers: { ...asNpy, "content-encoding": "gzip" } });
    expect(status).toBe(202);
    expect(body.operation).toBe("spectral-projection");
  });

  test("up to the very cap", async () => {
    const fits = `${JSON.stringify(small)}${" ".repeat(maxBodyBytes)}`.slice(0, maxBodyBytes);
    expect((await post(fits)).status).toBe(202);
    expect((await post(`${fits} `)).status).toBe(413);
  });
});

describe("Idempotency-Key", () => {
  const headers = { "Idempotency-Key": "k1" };

  test("same key, same body: the same job, and says so", async () => {
    const first = await post(small, { headers });
    const second = await post(small, { headers });
    expect([first.status, second.status]).toEqual([202, 202]);
    expect(second.body.jobId).toBe(first.body.jobId);
    expect(first.headers).not.toHaveProperty("idempotency-replayed");
    expect(second.headers["idempotency-replayed"]).toBe("true");
    expect(world.measures).toEqual([{ JobsAccepted: 1 }]);
    expect(world.messages).toHaveLength(1);
  });

  test("the same bytes, gzipped, are the same body; Prefer is no part of it", async () => {
    const first = await post(small, { headers });
    const again = await post(gzipSync(JSON.stringify(small)), {
      headers: { ...headers, "content-encoding": "gzip", prefer: "wait=0" },
    });
    expect(again.body.jobId).toBe(first.body.jobId);
  });

  test("same key, another body, or another query: 422", async () => {
    await post(small, { headers });
    const conflict = await post({ dataMatrix: [[9]] }, { headers });
    expect(isProblem(conflict)).toBe(true);
    expect(conflict).toMatchObject({
      status: 422,
      body: { code: "idempotency-conflict", field: "Idempotency-Key" },
    });
    const raw = { headers: { ...asNpy, "Idempotency-Key": "k2" } };
    expect((await post(npy, { ...raw, query: { params: '{"seed":1}' } })).status).toBe(202);
    expect((await post(npy, { ...raw, query: { params: '{"seed":2}' } })).status).toBe(422);
  });

  test.each(["", "x".repeat(256)])("of a wrong length is 400", async (key) => {
    const refused = await post(small, { headers: { "Idempotency-Key": key } });
    expect(refused).toMatchObject({ status: 400, body: { code: "bad-request", field: "Idempotency-Key" } });
    expect(world.table.size).toBe(0);
  });
});

describe("Prefer: wait", () => {
  // All wait for the queue then: those whom submit answers at once are further down.
  beforeEach(() => {
    world = freshStage("none", { ...inBucket, express: false });
  });

  /** Answers messages as the work function does, until the test is over. */
  function worker(how = compute) {
    const seen = setInterval(() => {
      for (const message of world.messages.splice(0)) void work(message, lambdaMachine(), how, world.ports);
    }, 1);
    return () => clearInterval(seen);
  }

  test("answers 200 with the data when the job ends in time", async () => {
    const stop = worker();
    const { status, headers, body } = await post(small, { headers: { Prefer: "respond-async, wait=10" } });
    stop();
    expect(status).toBe(200);
    expect(headers["preference-applied"]).toBe("wait=10");
    expect(body).toMatchObject({
      status: "COMPLETED",
      outputs: { result: { shape: [2, 2], url: expect.any(String) } },
    });
    expect(body.outputs.result.data[0][0]).toBeCloseTo(6.451563921086932, 12);
    expect(body).not.toHaveProperty("message");
  });

  test("answers 202 when the time is up, and 20 s is the most", async () => {
    vi.useFakeTimers();
    const asked = post(small, { headers: { prefer: "wait=600" } });
    await vi.advanceTimersByTimeAsync(20_000);
    const { status, headers, body } = await asked;
    expect([status, headers["preference-applied"], body.status]).toEqual([202, "wait=20", "PENDING"]);
    expect(body.message).toBe("Job accepted for processing.");
  });

  test("does not wait when every holder is taken, and does not claim to", async () => {
    world.freeWaitSlots = 0;
    const { status, headers } = await post(small, { headers: { prefer: "wait=20" } });
    expect(status).toBe(202);
    expect(headers).not.toHaveProperty("preference-applied");
  });

  test.each(["wait", "wait=", "wait=abc", "wait=-1", "await=5", "return=minimal"])(
    "is ignored when it is nonsense: %s",
    async (prefer) => {
      const { status, headers } = await post(small, { headers: { prefer } });
      expect(status).toBe(202);
      expect(headers).not.toHaveProperty("preference-applied");
    },
  );

  test.each([
    ["slots", "waitSlots.take"],
    ["reads", "store.get"],
  ])("that breaks on its %s still answers 202: the job was accepted", async (_what, port) => {
    world.broken.set(port, () => new Error("InternalServerError"));
    const { status, body } = await post(small, { headers: { prefer: "wait=5" } });
    expect(status).toBe(202);
    expect(world.table.has(body.jobId)).toBe(true);
  });

  test("on GET /jobs/{jobId} holds likewise, and is at once for a job that has ended", async () => {
    vi.useFakeTimers();
    const { body } = await post(small);
    const stop = worker(lasting(3_000));
    const asked = call(get, { jobId: body.jobId, headers: { prefer: "wait=10" } });
    await vi.advanceTimersByTimeAsync(4_000);
    const waited = await asked;
    stop();
    expect(waited).toMatchObject({
      status: 200,
      headers: { "preference-applied": "wait=10" },
      body: { status: "COMPLETED" },
    });
    expect(waited.body.outputs.result).toHaveProperty("data");
    expect((await call(get, { jobId: body.jobId, headers: { prefer: "wait=10" } })).status).toBe(200);
    expect((await call(get, { jobId: body.jobId })).body.outputs.result).not.toHaveProperty("data");
  });
});

describe("Prefer: wait, for a small job", () => {
  const headers = { Prefer: "wait=10", "Idempotency-Key": "k1" };

  test("is answered at once, with its data, in two calls", async () => {
    const { status, headers: sent, body } = await post(small, { headers: { Prefer: "wait=10" } });
    expect(status).toBe(200);
    expect(sent).toMatchObject({ "preference-applied": "wait=10", location: body.links.self });
    expect(sent).not.toHaveProperty("idempotency-replayed");
    expect(body.outputs.result.data[0][0]).toBeCloseTo(6.451563921086932, 12);
    expect(world.calls).toEqual(["objects.put", "store.create", "objects.link"]);
    expect((await call(get, { jobId: body.jobId })).body).toMatchObject({ status: "COMPLETED" });
  });

  test("of a small result is one call", async () => {
    world = freshStage();
    const { status, body } = await post(small, { headers: { Prefer: "wait=10" } });
    expect([status, body.status]).toEqual([200, "COMPLETED"]);
    expect(body.outputs.result.data[0][0]).toBeCloseTo(6.451563921086932, 12);
    expect(world.calls).toEqual(["store.create"]);
    expect((await call(get, { jobId: body.jobId })).body.outputs).toEqual(body.outputs);
  });

  test("is the same as from JSON when it comes as .npy", async () => {
    const { status, body } = await post(npy, { headers: { ...asNpy, Prefer: "wait=10" } });
    expect([status, body.status]).toEqual([200, "COMPLETED"]);
    expect(body.outputs.result.data[0][0]).toBeCloseTo(6.451563921086932, 12);
  });

  test("that fails by its own fault is a view with its error", async () => {
    const { status, body } = await post({ operation: "inv", dataMatrix: [[0]] }, { headers });
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: "FAILED", error: { code: "singular-matrix" } });
  });

  test("and a repeated request gets the same job, data and all, and says so", async () => {
    const first = await post(small, { headers });
    const second = await post(small, { headers });
    expect(second).toMatchObject({ status: 200, headers: { "idempotency-replayed": "true" } });
    expect(second.body).toEqual(first.body);
  });

  test("is not asked for by wait=0", async () => {
    const { body } = await post(small, { headers: { Prefer: "wait=0" } });
    expect(body.status).toBe("PENDING");
  });
});
