import { encodeNpy } from "@sluice/contract/npy";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { handler as get } from "../../functions/get.ts";
import { handler as plans } from "../../functions/plans.ts";
import { handler as submit } from "../../functions/submit.ts";
import { handler as uploads } from "../../functions/uploads.ts";
import { compute } from "../../jobs/run/compute.ts";
import { work } from "../../jobs/run/dispatch.ts";
import { call, freshStage, isProblem } from "../support/functions/stage.ts";
import type { World } from "../support/jobs/memory-ports.ts";
import { etagOf } from "../support/jobs/objects.ts";
import { lambdaMachine } from "../support/jobs/submitting.ts";

vi.mock("../../aws/ports.ts", async () => (await import("../support/functions/stage.ts")).portsOfStage());
vi.mock("../../aws/telemetry/log.ts", async () =>
  (await import("../support/functions/stage.ts")).logOfStage(),
);
vi.mock("../../aws/config.ts", async () => (await import("../support/functions/stage.ts")).configOfStage());

let world: World;
beforeEach(() => {
  world = freshStage();
});

const array = { shape: [2, 3], dtype: "float64", data: Float64Array.of(1, 2, 3, 4, 5, 6) } as const;
const file = encodeNpy(array);
const open = (bytes: unknown, authorizer?: unknown) =>
  call(uploads, { method: "POST", body: { bytes }, authorizer });
const keyOf = (url: string) => new URL(url).pathname.slice(1);

/** Opens an upload and puts these bytes there, as S3 would. */
async function uploaded(bytes: Uint8Array, authorizer?: unknown): Promise<{ uploadId: string; key: string }> {
  const { body } = await open(bytes.byteLength, authorizer);
  world.bucket.set(keyOf(body.url), bytes);
  return { uploadId: body.uploadId, key: keyOf(body.url) };
}

const post = (upload: string, authorizer?: unknown) =>
  call(submit, { method: "POST", body: { operation: "fft2", inputs: { a: { upload } } }, authorizer });

/** A version 1.0 header of this text, and so many bytes of data. */
function npy(header: string, dataBytes: number): Uint8Array {
  const text = `${header}\n`;
  const prefix = [0x93, ...Buffer.from("NUMPY"), 1, 0, text.length & 0xff, text.length >> 8];
  return Uint8Array.from([...prefix, ...Buffer.from(text), ...new Uint8Array(dataBytes)]);
}

describe("POST /uploads", () => {
  test("answers where to PUT, with what, and until when; each time anew; nothing is stored", async () => {
    const before = Date.now();
    const { status, body } = await open(file.byteLength);
    expect(status).toBe(201);
    expect(body).toEqual({
      uploadId: expect.stringMatching(/^[0-9a-z]{26}$/),
      url: expect.stringMatching(/^https:/),
      headers: { "content-length": String(file.byteLength) },
      expiresAt: expect.any(String),
      keptUntil: expect.any(String),
    });
    expect(Date.parse(body.expiresAt) - before).toBeGreaterThanOrEqual(3_600_000);
    expect(Date.parse(body.keptUntil) - before).toBeGreaterThanOrEqual(7 * 86_400_000);
    expect((await open(file.byteLength)).body.uploadId).not.toBe(body.uploadId);
    expect([world.table.size, world.bucket.size]).toEqual([0, 0]);
  });

  test("takes the 5 GB that S3 takes in one PUT, and no more", async () => {
    expect((await open(5_000_000_000)).status).toBe(201);
    const refused = await open(5_000_000_001);
    expect(isProblem(refused)).toBe(true);
    expect(refused).toMatchObject({ status: 422, body: { code: "invalid-field", field: "bytes" } });
    expect(refused.body.detail).toContain("random");
  });

  test.each([0, -1, 1.5, "8", null, undefined])("%j bytes are 422", async (bytes) => {
    const refused = await open(bytes);
    expect(refused).toMatchObject({ status: 422, body: { code: "invalid-field", field: "bytes" } });
  });

  test("any other field is 422, and no JSON 400", async () => {
    const more = await call(uploads, { method: "POST", body: { bytes: 8, name: "x" } });
    expect(more).toMatchObject({ status: 422, body: { code: "unknown-field", field: "name" } });
    expect((await call(uploads, { method: "POST", body: "{" })).body.code).toBe("malformed-json");
  });
});

describe("an upload as an input", () => {
  test("gives its own shape and dtype, and the job computes with what was pinned", async () => {
    const { uploadId, key } = await uploaded(file);
    const { status, body } = await post(uploadId);
    expect(status).toBe(202);
    expect(body.inputs.a).toEqual({ shape: [2, 3], dtype: "float64", bytes: 48 });
    expect(world.job(body.jobId).inputs.a).toEqual({
      shape: [2, 3],
      dtype: "float64",
      key,
      offset: 0,
      length: file.byteLength,
      etag: etagOf(file),
    });
    const [message] = world.messages;
    if (!message) throw new Error("a submit sends");
    expect(await work(message, lambdaMachine(), compute, world.ports)).toBe("completed");
  });

  test("is planned without being read to its end", async () => {
    const { uploadId } = await uploaded(file);
    const { body } = await call(plans, {
      method: "POST",
      body: { operation: "fft2", inputs: { a: { upload: uploadId } } },
    });
    expect(body.outputs.result).toMatchObject({ shape: [2, 3], dtype: "complex128" });
    expect(world.calls.filter((name) => name.startsWith("objects."))).toEqual([]);
  });

  test("replaced after submit: the job FAILs and says so", async () => {
    const { uploadId, key } = await uploaded(file);
    const { body } = await post(uploadId);
    world.bucket.set(key, encodeNpy({ ...array, data: Float64Array.of(6, 5, 4, 3, 2, 1) }));
    const [message] = world.messages;
    if (!message) throw new Error("a submit sends");
    expect(await work(message, lambdaMachine(), compute, world.ports)).toBe("failed");
    const { body: view } = await call(get, { jobId: body.jobId });
    expect(view).toMatchObject({
      status: "FAILED",
      error: { code: "input-changed", message: "the data of input a was replaced after submit" },
      attempts: [{ outcome: "failed" }],
    });
  });

  const pickled = "{'descr': '|O', 'fortran_order': False, 'shape': (2,), }";
  const large = "{'descr': '<f8', 'fortran_order': False, 'shape': (1000, 1000), }";
  test.each([
    ["that never came", undefined, "input-not-found"],
    ["that is empty of all but its beginning", file.subarray(0, 20), "invalid-npy"],
    ["that is cut off", file.subarray(0, file.byteLength - 1), "invalid-npy"],
    ["that goes on after its data", Uint8Array.from([...file, 0]), "invalid-npy"],
    ["that is no .npy", Buffer.from("1,2,3\n4,5,6\n"), "invalid-npy"],
    ["that holds pickled objects", npy(pickled, 100), "invalid-npy"],
    ["that lies about its shape", npy(large, 800), "invalid-npy"],
    [
      "whose header is code",
      npy("{'descr': __import__('os'), 'fortran_order': False, 'shape': ()}", 8),
      "invalid-npy",
    ],
    ["whose header is far too long", npy(`{'descr': '<f8',${" ".repeat(12_000)}`, 8), "invalid-npy"],
  ])("%s is refused, and nothing is stored or sent", async (_what, bytes, code) => {
    const { uploadId } = bytes ? await uploaded(bytes) : (await open(128)).body;
    const refused = await post(uploadId);
    expect(isProblem(refused)).toBe(true);
    expect(refused).toMatchObject({ status: 422, body: { code, field: "inputs.a.upload" } });
    expect([world.table.size, world.messages.length]).toEqual([0, 0]);
  });

  test.each(["nonsense", "0".repeat(26), "../../jobs/x", "a".repeat(64)])(
    "of the id %j is not found",
    async (id) => {
      expect((await post(id)).body).toMatchObject({ code: "input-not-found", field: "inputs.a.upload" });
    },
  );
});

test("a request that is repeated after its upload is gone is answered with the job it made", async () => {
  const { uploadId, key } = await uploaded(file);
  const headers = { "Idempotency-Key": "k" };
  const body = { operation: "fft2", inputs: { a: { upload: uploadId } } };
  const first = await call(submit, { method: "POST", body, headers });
  world.bucket.delete(key);
  const again = await call(submit, { method: "POST", body, headers });
  expect(again.body.jobId).toBe(first.body.jobId);
  expect([again.status, again.headers["idempotency-replayed"]]).toEqual([202, "true"]);
  const other = await call(submit, { method: "POST", body: { ...body, labels: { x: "y" } }, headers });
  expect(other.body.code).toBe("input-not-found");
});

test("another owner's upload is not found, and two owners' keys never meet", async () => {
  world = freshStage("iam");
  const [mine, theirs] = ["AROAME:monday", "AROAYOU:monday"].map((userId) => ({ iam: { userId } }));
  const { uploadId, key } = await uploaded(file, mine);
  expect((await post(uploadId, mine)).status).toBe(202);
  const refused = await post(uploadId, theirs);
  expect(refused).toMatchObject({ status: 422, body: { code: "input-not-found" } });
  expect(JSON.stringify(refused.body)).not.toContain(key);
  const again = await uploaded(file, { iam: { userId: "AROAME:tuesday" } });
  expect(again.key.split("/")[1]).toBe(key.split("/")[1]);
  expect((await uploaded(file, theirs)).key.split("/")[1]).not.toBe(key.split("/")[1]);
});
