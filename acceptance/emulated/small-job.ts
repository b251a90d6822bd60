import assert from "node:assert/strict";
import { type EmulatedStage, item, queueUrl, request, resultBytes } from "./emulated-stage.ts";
import { deliverOne, messagesIn } from "./event-source.ts";
import { float64Npy } from "./npy.ts";
import { expectAnnounced, expectTrace } from "./told.ts";

/** A job whose arrays the record holds, and one whose arrays lie in the bucket. */
const places = {
  /** numpy: abs(fft.fft2(A)) @ random.default_rng(0).random((2, 2)) for A = [[1, 2], [3, 4]] */
  record: {
    n: 2,
    first: 1,
    numpys: [6.451563921086932, 2.7309224086957613, 2.5478467492858172, 1.0791468550554812],
  },
  /** The same of 40×40, A = arange(1600).reshape(40, 40): the first two. */
  bucket: { n: 40, first: 0, numpys: [856609.3619151334, 380881.23236155394] },
};

/** Within rounding of the largest. */
export function assertClose(actual: Float64Array, expected: readonly number[], what: string): void {
  const tolerance = 1e-12 * Math.max(...expected.map(Math.abs));
  expected.forEach((number, i) => {
    const difference = Math.abs((actual[i] ?? Number.NaN) - number);
    assert.ok(difference <= tolerance, `expected ${what}[${i}] to be ${number}, got ${actual[i]}`);
  });
}

/** From POST to the result, inside Lambda, by both places. Answers what was seen, line by line. */
export async function runSmallJobs(stage: EmulatedStage, queueArn: string): Promise<string[]> {
  return [
    ...(await runSmallJob(stage, queueArn, "record")),
    ...(await runSmallJob(stage, queueArn, "bucket")),
  ];
}

async function runSmallJob(
  stage: EmulatedStage,
  queueArn: string,
  place: keyof typeof places,
): Promise<string[]> {
  const { clients, front, functions, stack } = stage;
  const { n, first, numpys } = places[place];
  const dataMatrix = Array.from({ length: n }, (_, row) =>
    Array.from({ length: n }, (_, column) => first + row * n + column),
  );
  const accepted = await request(stage, "submit", { method: "POST", body: { dataMatrix } });
  assert.equal(accepted.status, 202, JSON.stringify(accepted.body));
  const { jobId, route } = accepted.body;
  assert.equal(route.target, "lambda");

  const url = queueUrl(front, stack, "JobsQueue");
  const message = await deliverOne(clients.sqs, { url, arn: queueArn }, functions);
  const { reads, ...rest } = JSON.parse(message);
  assert.deepEqual(rest, { v: 1, jobId, dispatch: 1, target: "lambda", small: true });
  assert.deepEqual(reads?.a.shape, place === "bucket" ? [n, n] : undefined);
  assert.equal(await messagesIn(clients.sqs, url), 0, "messages in the queue");

  const view = (await request(stage, "get", { jobId })).body;
  assert.equal(view.status, "COMPLETED", JSON.stringify(view));
  const record = await item(stage, `job#${jobId}`);
  assert.equal(record?.status, "COMPLETED");
  const file = place === "bucket" ? await resultBytes(stage, jobId) : record?.outputs.result.npy;
  const { shape, data } = float64Npy(file);
  assert.deepEqual(shape, [n, n]);
  assertClose(data, numpys, "result");
  const json = await request(stage, "result", { jobId, headers: { accept: "application/json" } });
  assert.equal(json.status, 200);
  assertClose(Float64Array.from(json.body.result.flat()), numpys, "the result as JSON");
  return [
    `submit 202, job ${jobId}: ${route.reason}`,
    `queue → work: ${message}; message deleted, queue empty`,
    `${view.status}: item in the table, result.npy in the ${place} and JSON of GET /result are NumPy's numbers`,
    expectAnnounced(stage, jobId),
    expectTrace(stage, record?.trace, ["submit", "work"]),
  ];
}
