import { gzipSync } from "node:zlib";
import { decodeNpy, encodeNpy } from "@sluice/contract/npy";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { client } from "../../acceptance/support/client.ts";
import { type Stack, startStack } from "../../local/stack-process.ts";
import { floating } from "../support/contract/floating.ts";

/** The product from outside: a real stack, nothing but HTTP. */
let stack: Stack;
let http: ReturnType<typeof client>;

beforeAll(async () => {
  stack = await startStack();
  http = client(stack.url);
});

afterAll(async () => {
  expect(await stack?.stop()).toBe(0);
});

/** numpy: abs(fft.fft2(A)) @ random.default_rng(0).random((2, 2)) for A = [[1, 2], [3, 4]] */
const numpys = [
  [6.451563921086932, 2.7309224086957613],
  [2.5478467492858172, 1.0791468550554812],
];

function expectClose(actual: number[][], expected: number[][]) {
  const largest = Math.max(...expected.flat().map(Math.abs));
  const worst = Math.max(
    ...expected.flatMap((row, i) => row.map((value, j) => Math.abs(value - (actual[i]?.[j] ?? Number.NaN)))),
  );
  expect(worst).toBeLessThanOrEqual(1e-12 * largest);
}

describe("a small job", () => {
  test("is accepted at once, completes, and its result is NumPy's", async () => {
    const accepted = await http.submit({
      dataMatrix: [
        [1, 2],
        [3, 4],
      ],
    });
    expect(accepted.status).toBe(202);
    expect(accepted.body.message).toBe("Job accepted for processing.");
    expect(accepted.headers.get("location")).toBe(`/jobs/${accepted.body.jobId}`);
    const view = await http.ended(accepted.body.jobId);
    expect(view).toMatchObject({ status: "COMPLETED", progress: 1, route: { target: "lambda" } });
    expect(view.attempts).toMatchObject([{ attempt: 1, target: "lambda", outcome: "completed" }]);
    const status = await http.call("GET", `/jobs/${view.jobId}/status`);
    expect(status.body).toMatchObject({ jobId: view.jobId, status: "COMPLETED", progress: 1 });
    const result = await http.call("GET", `/jobs/${view.jobId}/result`);
    expect(result.body).toMatchObject({ shape: [2, 2], dtype: "float64" });
    expectClose(result.body.result, numpys);
  });

  test("answers in one round trip when the caller waits", async () => {
    const matrix = Array.from({ length: 64 }, (_, i) => Array.from({ length: 64 }, (_, j) => i * j));
    const answer = await http.submit({ dataMatrix: matrix }, { prefer: "wait=10" });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("preference-applied")).toBe("wait=10");
    expect(answer.body.outputs.result.data).toHaveLength(64);
    expect(answer.body.outputs.result.data[0]).toHaveLength(64);
  });

  test("takes a .npy body, plain or gzipped, and gives a .npy back", async () => {
    const npy = encodeNpy({ shape: [2, 2], dtype: "float64", data: Float64Array.of(1, 2, 3, 4) });
    const type = { "content-type": "application/x-npy", prefer: "wait=10" };
    for (const [body, headers] of [
      [npy, type],
      [gzipSync(npy), { ...type, "content-encoding": "gzip" }],
    ] as const) {
      const answer = await http.call("POST", "/jobs?operation=spectral-projection", body, headers);
      expect(answer.status).toBe(200);
      expectClose(answer.body.outputs.result.data, numpys);
      const file = await fetch(`${stack.url}${answer.body.links.result}`, {
        headers: { accept: "application/x-npy" },
        redirect: "manual",
      });
      // Small enough for the record: there is no object to send the caller to.
      expect(file.status).toBe(200);
      const array = floating(decodeNpy(new Uint8Array(await file.arrayBuffer())));
      expectClose([[...array.data.subarray(0, 2)], [...array.data.subarray(2)]], numpys);
    }
  });

  test("sends who wants a larger .npy to the bucket", async () => {
    const random = { inputs: { a: { random: { shape: [64, 64], seed: 1 } } } };
    const answer = await http.call("POST", "/jobs", random, { prefer: "wait=10" });
    const redirect = await http.call("GET", answer.body.links.result, undefined, {
      accept: "application/x-npy",
    });
    expect(redirect.status).toBe(303);
    const file = await fetch(redirect.headers.get("location") ?? "");
    expect(decodeNpy(new Uint8Array(await file.arrayBuffer())).shape).toEqual([64, 64]);
  });

  test("is made once per Idempotency-Key", async () => {
    const headers = { "idempotency-key": "same" };
    const first = await http.submit({ dataMatrix: [[5]] }, headers);
    const again = await http.submit({ dataMatrix: [[5]] }, headers);
    expect([again.body.jobId, again.headers.get("idempotency-replayed")]).toEqual([first.body.jobId, "true"]);
    const other = await http.submit({ dataMatrix: [[6]] }, headers);
    expect([other.status, other.body.code]).toEqual([422, "idempotency-conflict"]);
  });
});

describe("a Fargate job", () => {
  test("runs in a task and its result is NumPy's", async () => {
    const { body } = await http.submit({
      dataMatrix: [
        [1, 2],
        [3, 4],
      ],
      target: "fargate",
    });
    expect(body.route.target).toBe("fargate");
    const view = await http.ended(body.jobId);
    expect(view).toMatchObject({
      status: "COMPLETED",
      attempts: [{ target: "fargate", outcome: "completed" }],
    });
    const result = await http.call("GET", view.links.result);
    expectClose(result.body.result, numpys);
  });

  test("is cancelled while it runs, and retried", async () => {
    const random = (seed: number) => ({ random: { shape: [4000, 4000], seed } });
    const { body } = await http.submit({
      operation: "matmul",
      inputs: { a: random(1), b: random(2) },
      target: "fargate",
    });
    await http.reaches(body.jobId, "PROCESSING");
    const cancelled = await http.call("DELETE", `/jobs/${body.jobId}`);
    expect([cancelled.status, cancelled.body.status]).toEqual([200, "CANCELLED"]);
    expect((await http.call("DELETE", `/jobs/${body.jobId}`)).status).toBe(200);
    const gone = await http.call("GET", `/jobs/${body.jobId}/result`);
    expect([gone.status, gone.body.code]).toEqual([409, "cancelled"]);
    const retried = await http.call("POST", `/jobs/${body.jobId}/retry`);
    expect([retried.status, retried.body.status]).toEqual([202, "PENDING"]);
    const view = await http.ended(body.jobId);
    expect(view.attempts.map(({ outcome }) => outcome)).toEqual(["cancelled", "completed"]);
    const finished = await http.call("POST", `/jobs/${body.jobId}/retry`);
    expect([finished.status, finished.body.code]).toEqual([409, "not-retryable"]);
  }, 120_000);
});

describe("looking without running", () => {
  test("a plan says where a job would go and why", async () => {
    const small = await http.call("POST", "/plans", { inputs: { a: { shape: [64, 64] } } });
    expect(small.body.route.target).toBe("lambda");
    const large = await http.call("POST", "/plans", { inputs: { a: { shape: [30_000, 30_000] } } });
    expect([large.status, large.body.code]).toEqual([422, "cannot-fit"]);
    const middle = await http.call("POST", "/plans", { inputs: { a: { shape: [8000, 8000] } } });
    expect(middle.body.route).toMatchObject({ target: "fargate" });
    expect(middle.body.route.reason).toMatch(/MiB/);
  });

  test("the list is mine, newest first, in pages", async () => {
    const first = await http.call("GET", "/jobs?limit=2");
    expect(first.body.jobs).toHaveLength(2);
    const second = await http.call("GET", `/jobs?limit=2&cursor=${first.body.nextCursor}`);
    const times = [...first.body.jobs, ...second.body.jobs].map(({ createdAt }) => createdAt);
    expect(times).toEqual([...times].sort().reverse());
    expect((await http.call("GET", "/jobs?cursor=nonsense")).body.code).toBe("bad-cursor");
    const pending = await http.call("GET", "/jobs?status=FAILED");
    expect(pending.body.jobs).toEqual([]);
  });
});

describe("bad input", () => {
  test.each([
    ["not JSON", "{", "application/json", 400, "malformed-json"],
    ["another type", "a,b", "text/csv", 415, "unsupported-media-type"],
    ["a ragged matrix", '{"dataMatrix":[[1,2],[3]]}', "application/json", 422, "invalid-array"],
    ["a word for a number", '{"dataMatrix":[[1,"x"]]}', "application/json", 422, "invalid-array"],
    ["no input", "{}", "application/json", 422, "invalid-shape"],
    ["an unknown operation", '{"operation":"nope"}', "application/json", 422, "unknown-operation"],
    ["an unknown param", '{"dataMatrix":[[1]],"params":{"x":1}}', "application/json", 422, "invalid-params"],
    ["an unknown field", '{"dataMatrix":[[1]],"x":1}', "application/json", 422, "unknown-field"],
    [
      "too much",
      `{"dataMatrix":[[${"1,".repeat(3 * 1024 * 1024)}1]]}`,
      "application/json",
      413,
      "payload-too-large",
    ],
  ])("%s is refused with a problem document", async (_, text, type, status, code) => {
    const response = await fetch(`${stack.url}/jobs`, {
      method: "POST",
      headers: { "content-type": type },
      body: text,
    });
    const body = (await response.json()) as { code: string; detail: string };
    expect([response.status, body.code]).toEqual([status, code]);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(body).toMatchObject({
      status,
      error: body.detail,
      title: expect.any(String),
      type: expect.any(String),
    });
  });

  test("an unknown job is 404 everywhere", async () => {
    const id = "0".repeat(26);
    for (const [method, path] of [
      ["GET", `/jobs/${id}`],
      ["GET", `/jobs/${id}/status`],
      ["GET", `/jobs/${id}/result`],
      ["DELETE", `/jobs/${id}`],
      ["POST", `/jobs/${id}/retry`],
      ["GET", "/jobs/not-an-id"],
    ] as const) {
      const answer = await http.call(method, path);
      expect([answer.status, answer.body.code]).toEqual([404, "job-not-found"]);
    }
  });
});

test("a burst of a hundred mixed jobs loses none", async () => {
  const sizes = [2, 8, 32, 64, 128];
  let left = 100;
  const ids: string[] = [];
  const caller = async () => {
    while (left-- > 0) {
      const n = sizes[left % sizes.length] ?? 2;
      const answer = await http.submit({ dataMatrix: Array.from({ length: n }, () => Array(n).fill(left)) });
      expect(answer.status).toBe(202);
      ids.push(answer.body.jobId);
    }
  };
  await Promise.all(Array.from({ length: 20 }, caller));
  const views = await Promise.all(ids.map((id) => http.ended(id)));
  expect(new Set(views.map(({ status }) => status))).toEqual(new Set(["COMPLETED"]));
  expect(views).toHaveLength(100);
}, 120_000);
