import { decodeNpy } from "@sluice/contract/npy";
import { Problem } from "@sluice/contract/problem";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { unzip } from "../../acceptance/support/unzip.ts";
import { handler as cancel } from "../../functions/cancel.ts";
import { handler as get } from "../../functions/get.ts";
import { handler as health } from "../../functions/health.ts";
import { handler as list } from "../../functions/list.ts";
import { handler as operations } from "../../functions/operations.ts";
import { handler as plans } from "../../functions/plans.ts";
import { handler as result } from "../../functions/result.ts";
import { handler as retry } from "../../functions/retry.ts";
import { handler as status } from "../../functions/status.ts";
import { handler as submit } from "../../functions/submit.ts";
import { compute } from "../../jobs/run/compute.ts";
import { work } from "../../jobs/run/dispatch.ts";
import { call, freshStage, isProblem } from "../support/functions/stage.ts";
import type { World } from "../support/jobs/memory-ports.ts";
import { lambdaMachine, throwing } from "../support/jobs/submitting.ts";

vi.mock("../../aws/ports.ts", async () => (await import("../support/functions/stage.ts")).portsOfStage());
vi.mock("../../aws/telemetry/log.ts", async () =>
  (await import("../support/functions/stage.ts")).logOfStage(),
);
vi.mock("../../aws/config.ts", async () => (await import("../support/functions/stage.ts")).configOfStage());

let world: World;
beforeEach(() => {
  world = freshStage();
});

const post = async (body: unknown) => (await call(submit, { method: "POST", body })).body.jobId as string;

/** Submitted and worked on, to its end. */
async function finished(
  body: unknown = {
    dataMatrix: [
      [1, 2],
      [3, 4],
    ],
  },
  how = compute,
): Promise<string> {
  const jobId = await post(body);
  const message = world.messages.findLast((sent) => sent.jobId === jobId);
  if (message) await work(message, lambdaMachine(), how, world.ports);
  return jobId;
}

/** A result whose JSON is beyond the cap: 20 characters a number. */
const large = { params: { columns: 600 }, inputs: { a: { random: { shape: [600, 600] } } } };

describe("GET /jobs/{jobId}/result", () => {
  test.each([undefined, "application/json", "*/*", "application/*", "application/json, text/html;q=0.5"])(
    "as JSON for Accept: %s",
    async (accept) => {
      const jobId = await finished();
      const reply = await call(result, { jobId, ...(accept ? { headers: { Accept: accept } } : {}) });
      expect(reply).toMatchObject({
        status: 200,
        headers: { "content-type": "application/json" },
        body: { shape: [2, 2], dtype: "float64" },
      });
      expect(reply.body.result).toHaveLength(2);
    },
  );

  test.each(["application/x-npy", "application/json;q=0.5, application/x-npy"])(
    "as a link to the .npy for Accept: %s",
    async (accept) => {
      const jobId = await finished();
      const reply = await call(result, { jobId, headers: { accept } });
      expect(reply.status).toBe(303);
      expect(reply.headers.location).toBe(
        `https://bucket.test/jobs/${jobId}/out/1/result.npy?name=${jobId}-result.npy`,
      );
      expect(reply.text).toBe("");
    },
  );

  test("too large for JSON: a link for who takes anything, 413 with the link for who takes only JSON", async () => {
    const jobId = await finished(large);
    expect((await call(result, { jobId, headers: { accept: "*/*" } })).status).toBe(303);
    const refused = await call(result, { jobId, headers: { accept: "application/json" } });
    expect(isProblem(refused)).toBe(true);
    expect(refused).toMatchObject({
      status: 413,
      body: { code: "result-too-large", url: expect.stringContaining(jobId) },
    });
  });

  test("as CSV, for who wants a table", async () => {
    const jobId = await finished();
    const reply = await call(result, { jobId, headers: { accept: "text/csv" } });
    expect(reply).toMatchObject({
      status: 200,
      headers: {
        "content-type": "text/csv; charset=utf-8; header=absent",
        "content-disposition": `attachment; filename="${jobId}-result.csv"`,
      },
    });
    expect(reply.text.trimEnd().split("\n")).toHaveLength(2);
  });

  test("as .npz, in base64 as the gateway wants bytes", async () => {
    const jobId = await finished();
    const reply = await call(result, { jobId, headers: { accept: "application/zip" } });
    expect(reply).toMatchObject({ status: 200, headers: { "content-type": "application/zip" } });
    const file = unzip(reply.bytes).get("result.npy")?.bytes ?? new Uint8Array();
    expect(decodeNpy(file).shape).toEqual([2, 2]);
  });

  test("HEAD: the size and kind of the .npy, without it; its problems are those of GET", async () => {
    const jobId = await finished();
    const reply = await call(result, { method: "HEAD", jobId });
    expect(reply).toMatchObject({
      status: 200,
      headers: {
        "content-type": "application/x-npy",
        "content-length": "160",
        "x-array-bytes": "160",
        "x-array-shape": "2,2",
        "x-array-dtype": "float64",
      },
      text: "",
    });
    expect((await call(result, { method: "HEAD", jobId: await post({ dataMatrix: [[1]] }) })).status).toBe(
      409,
    );
    world.bucket.clear();
    expect((await call(result, { method: "HEAD", jobId })).status).toBe(410);
  });

  test("406 for a type it cannot give", async () => {
    const reply = await call(result, { jobId: await finished(), headers: { accept: "text/html" } });
    expect(isProblem(reply)).toBe(true);
    expect(reply).toMatchObject({ status: 406, body: { code: "not-acceptable", field: "accept" } });
  });

  test("409 until it has finished, and what became of it after", async () => {
    const waiting = await post({ dataMatrix: [[1]] });
    const reply = await call(result, { jobId: waiting });
    expect(isProblem(reply)).toBe(true);
    expect(reply).toMatchObject({
      status: 409,
      body: { code: "not-finished", detail: expect.stringContaining("waiting in the queue") },
    });
    await call(cancel, { jobId: waiting });
    expect(await call(result, { jobId: waiting })).toMatchObject({
      status: 409,
      body: { code: "cancelled" },
    });
    const failed = await finished(large, throwing(new Problem("compute-failed", "singular")));
    expect(await call(result, { jobId: failed })).toMatchObject({
      status: 409,
      body: { code: "failed", detail: expect.stringContaining("singular") },
    });
  });

  test("410 when it has expired, 404 for an output it does not have", async () => {
    const jobId = await finished();
    expect(await call(result, { jobId, query: { output: "u" } })).toMatchObject({
      status: 404,
      body: { code: "output-not-found", field: "output" },
    });
    world.bucket.clear();
    expect(await call(result, { jobId })).toMatchObject({ status: 410, body: { code: "expired" } });
  });
});

describe("GET /jobs and /jobs/{jobId}", () => {
  test("a job, its status, and 404 for none", async () => {
    const jobId = await finished();
    expect(await call(get, { jobId })).toMatchObject({
      status: 200,
      headers: { "cache-control": "no-store" },
      body: { jobId, status: "COMPLETED" },
    });
    expect((await call(status, { jobId })).body).toEqual({
      jobId,
      status: "COMPLETED",
      statusReason: "finished",
      progress: 1,
      updatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
    for (const handler of [get, status, result, cancel, retry]) {
      for (const nobody of ["0".repeat(26), "x", ""]) {
        const reply = await call(handler, { jobId: nobody });
        expect([reply.status, isProblem(reply)]).toEqual([404, true]);
      }
    }
  });

  test("the list, in pages", async () => {
    for (let index = 0; index < 5; index++) await post({ dataMatrix: [[index]] });
    const first = await call(list, { query: { limit: "3" } });
    expect(first.body.jobs).toHaveLength(3);
    const second = await call(list, { query: { limit: "3", cursor: first.body.nextCursor } });
    expect(second.body.jobs).toHaveLength(2);
    expect(second.body).not.toHaveProperty("nextCursor");
    expect((await call(list, { query: { status: "COMPLETED" } })).body).toEqual({ jobs: [] });
  });

  test.each([
    [{ limit: "0" }, 422, "invalid-field", "limit"],
    [{ limit: "101" }, 422, "invalid-field", "limit"],
    [{ limit: "many" }, 422, "invalid-field", "limit"],
    [{ status: "DONE" }, 422, "invalid-field", "status"],
    [{ sort: "asc" }, 422, "unknown-field", "sort"],
    [{ cursor: "bm8" }, 400, "bad-cursor", "cursor"],
  ])("%j is refused", async (query, code, problem, field) => {
    const reply = await call(list, { query });
    expect(isProblem(reply)).toBe(true);
    expect(reply).toMatchObject({ status: code, body: { code: problem, field } });
  });
});

describe("DELETE and retry", () => {
  test("cancel: 200, again 200, then 409 once finished", async () => {
    const jobId = await post({ dataMatrix: [[1]] });
    for (let time = 0; time < 2; time++) {
      expect(await call(cancel, { method: "DELETE", jobId })).toMatchObject({
        status: 200,
        body: { status: "CANCELLED" },
      });
    }
    const done = await finished();
    expect(await call(cancel, { method: "DELETE", jobId: done })).toMatchObject({
      status: 409,
      body: { code: "already-finished" },
    });
  });

  test("retry: 202 with Location, 409 unless FAILED or CANCELLED, 410 without input", async () => {
    const jobId = await post({ dataMatrix: [[1]] });
    expect(await call(retry, { method: "POST", jobId })).toMatchObject({
      status: 409,
      body: { code: "not-retryable" },
    });
    await call(cancel, { jobId });
    const retried = await call(retry, { method: "POST", jobId });
    expect(retried).toMatchObject({
      status: 202,
      headers: { location: `/jobs/${jobId}` },
      body: { status: "PENDING" },
    });
    await call(cancel, { jobId });
    world.bucket.clear();
    expect(await call(retry, { method: "POST", jobId })).toMatchObject({
      status: 410,
      body: { code: "expired" },
    });
  });
});

describe("what can be asked without a job", () => {
  test("POST /plans says what a job would do, of a bare shape too, and stores nothing", async () => {
    const reply = await call(plans, {
      method: "POST",
      body: { operation: "fft2", inputs: { a: { shape: [4096, 4096], dtype: "complex128" } } },
    });
    expect(reply).toMatchObject({
      status: 200,
      body: {
        operation: "fft2",
        outputs: { result: { shape: [4096, 4096], dtype: "complex128" } },
        route: { reason: expect.any(String) },
      },
    });
    expect(world.calls).toEqual([]);
    expect((await call(submit, { method: "POST", body: { inputs: { a: { shape: [2, 2] } } } })).status).toBe(
      422,
    );
  });

  test("POST /plans knows what a job will make that has yet to run", async () => {
    const jobId = await post({ dataMatrix: [[1, 2, 3]], params: { columns: 5 } });
    world.calls.length = 0;
    const reply = await call(plans, {
      method: "POST",
      body: { operation: "fft2", inputs: { a: { job: jobId } } },
    });
    expect(reply.body.outputs.result).toMatchObject({ shape: [1, 5], dtype: "complex128" });
    expect(world.calls).toEqual(["store.get"]);
  });

  test("GET /operations lists each with an example that runs", async () => {
    const { body } = await call(operations);
    expect(body.operations.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining(["spectral-projection", "fft2", "matmul"]),
    );
    for (const { example, params } of body.operations) {
      expect(params.type).toBe("object");
      expect(world.job(await finished(example)).status).toBe("COMPLETED");
    }
  });

  test("GET /health says who answers", async () => {
    expect(await call(health)).toMatchObject({
      status: 200,
      body: {
        status: "ok",
        version: expect.stringMatching(/^\d+\.\d+\.\d+/),
        stage: "test",
        engine: { name: expect.stringMatching(/^(wasm|reference)$/) },
      },
    });
  });
});
