import { beforeEach, describe, expect, test, vi } from "vitest";
import { handler as cancel } from "../../functions/batches/cancel.ts";
import { handler as get } from "../../functions/batches/get.ts";
import { handler as result } from "../../functions/batches/result.ts";
import { handler as retry } from "../../functions/batches/retry.ts";
import { handler as submit } from "../../functions/batches/submit.ts";
import { handler as list } from "../../functions/list.ts";
import { call, freshStage, isProblem } from "../support/functions/stage.ts";
import { inverses, workedOff } from "../support/jobs/batches.ts";
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
const post = (body: unknown, headers = {}) => call(submit, { method: "POST", body, headers });

describe("a batch through its routes", () => {
  test("is accepted, looked at, fetched, retried, cancelled", async () => {
    const accepted = await post(inverses(3, 1));
    const { batchId } = accepted.body;
    expect(accepted).toMatchObject({ status: 202, headers: { location: `/batches/${batchId}` } });
    expect((await call(result, { batchId })).body.code).toBe("not-finished");
    await workedOff(world);
    expect((await call(get, { batchId })).body).toMatchObject({ finished: true, counts: { FAILED: 1 } });
    const zip = await call(result, { batchId });
    expect([zip.status, zip.headers["content-type"], zip.bytes.subarray(0, 2).toString()]).toEqual([
      200,
      "application/zip",
      "PK",
    ]);
    expect(await call(retry, { method: "POST", batchId })).toMatchObject({
      status: 202,
      body: { counts: { PENDING: 1 } },
    });
    expect((await call(cancel, { method: "DELETE", batchId })).body.counts).toMatchObject({ CANCELLED: 1 });
  });

  test("is waited for, with 200 once all have ended", async () => {
    const waiting = post(inverses(2), { Prefer: "wait=20" });
    await vi.waitUntil(() => world.messages.length === 2);
    await workedOff(world);
    const { status, headers, body } = await waiting;
    expect([status, headers["preference-applied"], body.finished]).toEqual([200, "wait=20", true]);
    const again = await call(get, { batchId: body.batchId, headers: { Prefer: "wait=5" } });
    expect(again.headers["preference-applied"]).toBe("wait=5");
  });

  test("a repeat with its key says so", async () => {
    const headers = { "Idempotency-Key": "k" };
    await post(inverses(2), headers);
    expect((await post(inverses(2), headers)).headers["idempotency-replayed"]).toBe("true");
    expect((await post(inverses(3), headers)).body.code).toBe("idempotency-conflict");
  });

  test("large arrays in it are read like those of a job", async () => {
    const data = Array.from({ length: 150 }, (_, row) =>
      Array.from({ length: 150 }, (_, at) => row * at + 0.5),
    );
    const { status, body } = await post({
      jobs: [{ operation: "transpose", inputs: { a: { data } } }, { dataMatrix: data }],
    });
    expect([status, body.counts.PENDING]).toEqual([202, 2]);
    await workedOff(world);
    expect((await call(get, { batchId: body.batchId })).body.counts.COMPLETED).toBe(2);
  });

  test.each([
    ["text that is no JSON", "{", {}],
    ["a .npy file", new Uint8Array(8), { "Content-Type": "application/x-npy" }],
    ["no job", { jobs: [] }, {}],
    ["only bad jobs", { jobs: [1, 2] }, {}],
    ["another field", { jobs: [{}], colour: 1 }, {}],
  ])("is refused with %s, and leaves no trace", async (_, body, headers) => {
    const reply = await post(body, headers);
    expect([isProblem(reply), reply.status >= 400 && reply.status < 500]).toEqual([true, true]);
    expect(world.table.size + world.bucket.size + world.messages.length).toBe(0);
  });

  test("unknown ids are 404", async () => {
    for (const handler of [get, cancel, retry, result])
      expect((await call(handler, { batchId: `${"0".repeat(26)}-3` })).body.code).toBe("batch-not-found");
  });
});

describe("GET /jobs", () => {
  test("?label= answers the jobs that carry it", async () => {
    await post(inverses(3));
    await post({
      jobs: [{ ...inverses(1).jobs[0], operation: "inv", labels: { team: "y:z", __proto: "p" } }],
    });
    const found = async (label: string) => (await call(list, { query: { label } })).body.jobs?.length;
    expect(await found("team:x")).toBe(3);
    expect(await found("team:y:z")).toBe(1);
    expect(await found("team:")).toBe(0);
    expect(await found("constructor:x")).toBe(0);
    expect((await call(list, { query: { label: "team" } })).status).toBe(422);
  });

  test("a listed job names its batch", async () => {
    const { body } = await post(inverses(1));
    const [job] = (await call(list)).body.jobs;
    expect(job.batch).toEqual({ batchId: body.batchId, index: 0 });
  });
});
