import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import { maxInputs, maxLabelLength, maxLabels, maxParamsBytes } from "@sluice/contract/limits";
import { Problem } from "@sluice/contract/problem";
import { submitBody } from "@sluice/contract/submit";
import { validate } from "@sluice/contract/validate";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { toItem } from "../../../aws/dynamodb/job-item.ts";
import { cancelJob, retryJob } from "../../../jobs/api/own-jobs.ts";
import { subscribeToParents } from "../../../jobs/lifecycle/dependents.ts";
import { eventOf } from "../../../jobs/lifecycle/event.ts";
import { maxRecordBytes, recordBytes, valueBytes } from "../../../jobs/record-size.ts";
import { compute } from "../../../jobs/run/compute.ts";
import { runJob } from "../../../jobs/run/run.ts";
import { express } from "../../../jobs/submit/express.ts";
import { largestRecord, requireRecordFits, type Submitted } from "../../../jobs/submit/largest-record.ts";
import { prepare } from "../../../jobs/submit/prepare.ts";
import { submit } from "../../../jobs/submit/submit.ts";
import { createJobsTable } from "../../support/aws/jobs-table.ts";
import { startStubCloud, tableName } from "../../support/aws/stub-cloud.ts";
import { memoryWorld } from "../../support/jobs/memory-ports.ts";
import { sampleJob, start } from "../../support/jobs/sample-jobs.ts";
import { lambdaMachine, throwing } from "../../support/jobs/submitting.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: start, toFake: ["Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const words = fc.string({ unit: fc.constantFrom("x", "é", "∞", "𝔸"), minLength: 1, maxLength: 32 });
const shape = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 6 });
const seed = fc.oneof(
  fc.maxSafeInteger().filter((whole) => whole >= 0),
  fc.constant("9".repeat(1_000)),
);
const body = fc.record({
  operation: fc.constant("program"),
  labels: fc.dictionary(words, words, { maxKeys: maxLabels }),
  inputs: fc
    .array(fc.oneof(fc.constant({ data: [[1, 2]] }), fc.record({ random: fc.record({ shape, seed }) })), {
      minLength: 1,
      maxLength: maxInputs,
    })
    .map((refs) => Object.fromEntries(refs.map((ref, index) => [`in_${index}`, ref]))),
  params: fc.integer({ min: 1, max: 32 }).map((count) => {
    const names = Array.from({ length: count }, (_, index) => `v${index}`);
    return {
      steps: names.map((as) => ({ as, op: "multiply", args: ["in_0", 0.1] })),
      outputs: Object.fromEntries(names.map((as) => [`out_${as}`.padEnd(32, "x"), as])),
    };
  }),
});
const detail = fc.tuple(words, fc.constantFrom(1, 500)).map(([piece, times]) => piece.repeat(times));
const life = fc.array(fc.record({ what: fc.constantFrom("fail", "fail", "crash", "cancel"), detail }), {
  // Long enough for attempts to be dropped.
  minLength: 75,
  maxLength: 80,
  size: "max",
});
const owner = fc.constantFrom("local", `jwt:${"∞".repeat(600)}`);

/** The parts that are larger than was reckoned, one by one: what is too much of one would hide what another lacks. */
function beyond(part: unknown, largest: unknown, place: string): string[] {
  // Params may be stored as text or as a map, whichever the other is.
  if (typeof part !== "object" || part === null || part instanceof Uint8Array || place === "record.params")
    return largest !== undefined && valueBytes(part) <= valueBytes(largest) ? [] : [place];
  return Object.entries(part).flatMap(([field, value]) =>
    value === undefined
      ? []
      : beyond(value, (largest as Record<string, unknown> | undefined)?.[field], `${place}.${field}`),
  );
}

/** The record is too large for DynamoDB as soon as one byte more is: tests/jobs/record-size.property.test.ts. */
test("no record outgrows what was reckoned when it was submitted, whatever becomes of it", async () => {
  await fc.assert(
    fc.asyncProperty(body, owner, fc.boolean(), life, async (asked, owner, atOnce, events) => {
      const world = memoryWorld();
      const prepared = await prepare(validate(submitBody, asked), owner, world.ports);
      const request = { requestHash: "0".repeat(64) };
      const ended = atOnce ? await express(prepared, request, compute, world.ports) : undefined;
      const { job } = ended ?? (await submit(prepared, request, world.ports));
      const { jobId } = job;
      const now = () => world.job(jobId);
      const largest = largestRecord({ ...job, outputSpecs: prepared.plan.outputs });
      const check = () => expect(beyond(toItem(now()), largest, "record")).toEqual([]);
      const run = (how: typeof compute) => {
        const taskArn = `arn:aws:ecs:eu-west-1:000000000000:task/${"c".repeat(255)}/${"0".repeat(32)}`;
        const machine = { ...lambdaMachine(), taskArn };
        const seen: typeof compute = (...work) => {
          check();
          return how(...work);
        };
        return runJob({ jobId, dispatch: now().dispatch }, machine, seen, world.ports);
      };
      for (let child = 0; child < 110; child++) {
        const awaited = {
          a: { shape: [1], dtype: "float64", job: jobId, output: "out_v0".padEnd(32, "x") },
        } as const;
        await subscribeToParents(sampleJob({ inputs: awaited }), world.ports);
      }
      check();
      for (const { what, detail } of events) {
        // Answered at once: nothing more becomes of it.
        if (now().status === "COMPLETED") break;
        if (what === "fail") await run(throwing(new Problem("unsupported-media-type", detail)));
        if (what === "crash") await run(throwing(new Error(detail)));
        check();
        if (what === "cancel") await cancelJob(jobId, owner, world.ports);
        check();
        if (now().status === "PENDING") continue;
        await retryJob(jobId, owner, world.ports);
        check();
      }
      await run(compute);
      expect(now().status).toBe("COMPLETED");
      check();
      // EventBridge takes 256 KB: what a record holds of outputs, labels and words is far from it.
      expect(Buffer.byteLength(JSON.stringify(eventOf(now())))).toBeLessThan(256 * 1024);
    }),
    { numRuns: 15, endOnFailure: true },
  );
}, 60_000);

const submitted = (changes: Partial<Submitted>): Submitted => ({
  ...{ owner: "local", operation: "fft2", params: {}, labels: {}, inputs: {}, outputSpecs: {} },
  ...changes,
});

test("exactly the jobs whose largest record DynamoDB takes are taken", async () => {
  const cloud = await startStubCloud();
  await createJobsTable();
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
  const empty = recordBytes(largestRecord(submitted({ params: { x: "" } })));
  for (const more of [0, 1]) {
    const job = submitted({ params: { x: "x".repeat(maxRecordBytes - empty + more) } });
    const put = client.send(new PutCommand({ TableName: tableName, Item: largestRecord(job) }));
    if (more === 0) {
      await put;
      expect(() => requireRecordFits(job)).not.toThrow();
    } else {
      await expect(put).rejects.toThrow("Item size has exceeded");
      expect(() => requireRecordFits(job)).toThrow(Problem);
    }
  }
  client.destroy();
  await cloud.stop();
});

test("a job that does not fit is refused with what takes the most, before anything is stored", async () => {
  const world = memoryWorld();
  const checked = validate(submitBody, { dataMatrix: [[1]] });
  const problem = await prepare(checked, "x".repeat(maxRecordBytes), world.ports).catch((error) => error);
  expect(problem).toMatchObject({ code: "record-too-large", status: 422 });
  expect(world.calls).toEqual([]);

  const spec = { shape: [2, 2], dtype: "float64" } as const;
  const outputs = Object.fromEntries(Array.from({ length: 4_000 }, (_, index) => [`v${index}`, spec]));
  expect(() => requireRecordFits(submitted({ outputSpecs: outputs }))).toThrow(
    expect.objectContaining({
      message: expect.stringMatching(
        /^the job's record could grow to \d+ bytes, and its outputs take the most of them/,
      ),
      place: {
        // What asks for them.
        field: "params",
        expected: `a record of at most ${maxRecordBytes} bytes`,
        got: expect.stringMatching(/^\d+ bytes$/),
      },
    }),
  );
});

test("the limits of the contract leave room: the largest request that it takes fits", () => {
  const spec = { shape: Array<number>(64).fill(1_000_000_007), dtype: "complex128" } as const;
  const arrays = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`n${index}`.padEnd(32, "x"), spec]));
  const text = "∞".repeat(maxLabelLength - 2);
  const labels = Object.fromEntries(
    Array.from({ length: maxLabels }, (_, index) => [`${text}${10 + index}`, text]),
  );
  // Digits and commas: nothing else that JSON can say is longer in DynamoDB.
  const params = { x: Array<number>(maxParamsBytes / 2 - 4).fill(1) };
  expect(JSON.stringify(params).length).toBeLessThanOrEqual(maxParamsBytes);
  const largest = submitted({
    ...{ owner: "x".repeat(2_048), operation: "x".repeat(64), params, labels },
    ...{ inputs: arrays(maxInputs), outputSpecs: arrays(32) },
  });
  expect(() => requireRecordFits(largest)).not.toThrow();
});
