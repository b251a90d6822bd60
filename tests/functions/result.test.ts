import { decodeNpy } from "@sluice/contract/npy";
import { Problem } from "@sluice/contract/problem";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { unzip } from "../../acceptance/support/unzip.ts";
import { handler as cancel } from "../../functions/cancel.ts";
import { handler as result } from "../../functions/result.ts";
import { finished, large, post } from "../support/functions/jobs.ts";
import { call, freshStage, isProblem } from "../support/functions/stage.ts";
import { inBucket, type World } from "../support/jobs/memory-ports.ts";
import { throwing } from "../support/jobs/submitting.ts";

vi.mock("../../aws/ports.ts", async () => (await import("../support/functions/stage.ts")).portsOfStage());
vi.mock("../../aws/telemetry/log.ts", async () =>
  (await import("../support/functions/stage.ts")).logOfStage(),
);
vi.mock("../../aws/config.ts", async () => (await import("../support/functions/stage.ts")).configOfStage());

let world: World;
beforeEach(() => {
  world = freshStage("none", inBucket);
});

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

  test("as the .npy itself where the record holds it", async () => {
    world = freshStage();
    const jobId = await finished();
    const reply = await call(result, { jobId, headers: { accept: "application/x-npy" } });
    expect(reply).toMatchObject({
      status: 200,
      headers: {
        "content-type": "application/x-npy",
        "content-disposition": `attachment; filename="${jobId}-result.npy"`,
        "cache-control": "no-store",
      },
    });
    expect(decodeNpy(reply.bytes)).toMatchObject({ shape: [2, 2], dtype: "float64" });
    world.calls.length = 0;
    expect(await call(result, { method: "HEAD", jobId })).toMatchObject({
      status: 200,
      headers: { "x-array-bytes": "160", "x-array-shape": "2,2" },
    });
    expect(world.calls).toEqual(["store.get"]);
  });

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
