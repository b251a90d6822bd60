import { decodeNpy } from "@sluice/contract/npy";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { handler as plans } from "../../functions/plans.ts";
import { handler as result } from "../../functions/result.ts";
import { handler as submit } from "../../functions/submit.ts";
import { isStored } from "../../jobs/record.ts";
import { compute } from "../../jobs/run/compute.ts";
import { work } from "../../jobs/run/dispatch.ts";
import { expectSameBits, randomDoubles } from "../support/compute/doubles.ts";
import { floating } from "../support/contract/floating.ts";
import { call, freshStage } from "../support/functions/stage.ts";
import type { World } from "../support/jobs/memory-ports.ts";
import { outputFile } from "../support/jobs/output-file.ts";
import { lambdaMachine } from "../support/jobs/submitting.ts";

vi.mock("../../aws/ports.ts", async () => (await import("../support/functions/stage.ts")).portsOfStage());
vi.mock("../../aws/telemetry/log.ts", async () =>
  (await import("../support/functions/stage.ts")).logOfStage(),
);
vi.mock("../../aws/config.ts", async () => (await import("../support/functions/stage.ts")).configOfStage());

/** Bodies and results large enough to be read and written by the kernels. */
let world: World;
beforeEach(() => {
  world = freshStage();
});

const n = 100;
const rowsOf = (values: Float64Array): number[][] =>
  Array.from({ length: n }, (_, row) => Array.from(values.subarray(row * n, (row + 1) * n)));
const values = randomDoubles(n * n, 21).map((value) => value % 1e3);
const post = (body: unknown) => call(submit, { method: "POST", body });

function stored(jobId: string, name: string) {
  const input = world.job(jobId).inputs[name];
  if (!input || !isStored(input)) throw new Error("the input is stored");
  return decodeNpy(
    world.bucket.get(input.key)?.slice(input.offset, input.offset + input.length) ?? new Uint8Array(),
  );
}

describe("a large body", () => {
  test("reaches S3 to the bit", async () => {
    const { status, body } = await post({
      labels: { team: "x" },
      dataMatrix: rowsOf(values),
      params: { columns: 3 },
    });
    expect(status).toBe(202);
    expect(body).toMatchObject({ labels: { team: "x" }, params: { columns: 3 } });
    expect(body.inputs.a.shape).toEqual([n, n]);
    expectSameBits(
      floating(stored(body.jobId, "a")).data,
      values.map((value) => value + 0),
    );
  });

  test("with two inputs, and with a complex one", async () => {
    const data = rowsOf(values);
    const two = await post({ operation: "matmul", inputs: { a: { data }, b: { data } } });
    expect(two.status, two.text).toBe(202);
    expectSameBits(
      floating(stored(two.body.jobId, "b")).data,
      values.map((value) => value + 0),
    );
    const complex = await post({ operation: "fft2", inputs: { a: { data: { re: data, im: data } } } });
    expect(complex.body.inputs.a).toEqual({ shape: [n, n], dtype: "complex128", bytes: 16 * n * n });
    const [re, im] = stored(complex.body.jobId, "a").data.subarray(2 * 77);
    expect([re, im]).toEqual([values[77], values[77]]);
  });

  test("that is ragged, or holds a word, is refused with the element's name", async () => {
    const ragged = rowsOf(values);
    ragged[70] = [1, 2];
    expect((await post({ dataMatrix: ragged })).body).toMatchObject({
      code: "invalid-array",
      field: "dataMatrix[70]",
      expected: `an array of ${n}, as its neighbours`,
      got: "an array of 2",
    });
    const worded: unknown[][] = rowsOf(values);
    worded[70] = [...(worded[70] ?? []).slice(1), "x"];
    expect((await post({ inputs: { a: { data: worded } } })).body).toMatchObject({
      code: "invalid-array",
      field: `inputs.a.data[70][${n - 1}]`,
      got: '"x"',
    });
    expect(world.table.size).toBe(0);
  });

  test("that is no JSON is refused with the line and column", async () => {
    const text = JSON.stringify({ dataMatrix: rowsOf(values) }).replaceAll("],[", "],\n[");
    const reply = await post(`${text.slice(0, -30)}?`);
    expect(reply).toMatchObject({ status: 400, body: { code: "malformed-json" } });
    expect(reply.body.detail).toMatch(
      /^the body is not valid JSON: expected , or \], got "\?" at line 100, column \d+$/,
    );
  });

  test("in a field that takes no array is refused as ever", async () => {
    const { body } = await post({ params: { seed: rowsOf(values) }, dataMatrix: [[1]] });
    expect(body).toMatchObject({
      code: "invalid-field",
      field: "params",
      expected: "params of at most 65536 bytes",
    });
    expect((await post(rowsOf(values))).body).toMatchObject({ field: "body", got: `an array of ${n}` });
  });
});

test("a small body that is no JSON is refused with the line and column, by plans too", async () => {
  for (const handler of [submit, plans]) {
    const { body } = await call(handler, { method: "POST", body: '{\n "dataMatrix": [[1, NaN]]}' });
    expect(body.detail).toBe(
      'the body is not valid JSON: expected a value, got NaN (write it as "NaN") at line 2, column 21',
    );
  }
});

test("a large result comes as the JSON of its numbers", async () => {
  const { body } = await post({ operation: "fft2", dataMatrix: rowsOf(values) });
  const [message] = world.messages;
  if (!message) throw new Error("a message was sent");
  await work(message, lambdaMachine(), compute, world.ports);
  const output = world.job(body.jobId).outputs?.result;
  const file = outputFile(output, (key) => world.bucket.get(key));
  const { data, dtype } = floating(decodeNpy(file ?? new Uint8Array()));
  expect(dtype).toBe("complex128");
  const reply = await call(result, { jobId: body.jobId, headers: { accept: "application/json" } });
  expect(reply.status, reply.text.slice(0, 200)).toBe(200);
  expect(reply.body).toMatchObject({ shape: [n, n], dtype: "complex128" });
  expectSameBits(
    Float64Array.from(reply.body.result.re.flat()),
    data.filter((_, index) => index % 2 === 0).map((value) => value + 0),
  );
  expectSameBits(
    Float64Array.from(reply.body.result.im.flat()),
    data.filter((_, index) => index % 2 === 1).map((value) => value + 0),
  );
});
