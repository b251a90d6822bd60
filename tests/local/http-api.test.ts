import { connect } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Stack, startStack } from "../../local/stack-process.ts";

/** The local HTTP API where serverless-offline by itself differs from API Gateway. */
let stack: Stack;
beforeAll(async () => {
  stack = await startStack({}, path.resolve(import.meta.dirname, "../fixtures/echo-service"));
}, 120_000);
afterAll(() => stack.stop());

const send = (route: string, init: RequestInit = {}) => fetch(`${stack.url}${route}`, init);

describe("a body", () => {
  test.each(["false", "0", "null", '""', '"text"', '{"a":  1}', " "])(
    "of JSON arrives as it was sent: %j",
    async (body) => {
      const headers = { "content-type": "application/json" };
      const response = await send("/echo", { method: "POST", headers, body });
      expect(await response.json()).toMatchObject({ body, isBase64Encoded: false });
    },
  );

  test("without a content type is bytes, and nobody gives it one", async () => {
    const body = new TextEncoder().encode("{}");
    const response = await send("/echo", { method: "POST", body });
    expect(await response.json()).toEqual({ body: "e30=", isBase64Encoded: true, type: " " });
  });
});

describe("CORS, which nobody configured", () => {
  test("adds no header", async () => {
    const response = await send("/health", { headers: { origin: "https://page.example" } });
    expect(response.status).toBe(200);
    expect([...response.headers.keys()].filter((name) => /^access-control|^vary$/.test(name))).toEqual([]);
  });

  test("answers no preflight", async () => {
    const headers = { origin: "https://page.example", "access-control-request-method": "POST" };
    const response = await send("/echo", { method: "OPTIONS", headers });
    expect([response.status, await response.text()]).toEqual([404, '{"message":"Not Found"}']);
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
  });
});

describe("a route that is not declared", () => {
  test.each([
    ["GET", "/nowhere"],
    ["PUT", "/echo"],
    ["GET", "/echo"],
    ["GET", "/health/"],
    ["GET", "/records/"],
    ["GET", "/records/a/b"],
    ["GET", "/"],
  ])("%s %s is not found", async (method, route) => {
    const response = await send(route, { method });
    expect([response.status, await response.text()]).toEqual([404, '{"message":"Not Found"}']);
  });

  test("HEAD is no GET", async () => {
    expect((await send("/health", { method: "HEAD" })).status).toBe(404);
  });
});

test("an answer is whole, and its content type the function's", async () => {
  const response = await send("/health", { headers: { range: "bytes=0-3" } });
  expect([response.status, response.headers.get("accept-ranges")]).toEqual([200, null]);
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(await response.json()).toBeTypeOf("object");
});

test("a cookie that is none is the function's to read", async () => {
  expect((await send("/health", { headers: { cookie: 'a="b; =;c' } })).status).toBe(200);
});

/** Sends bytes over a socket of its own, piece by piece, and collects what comes until `done` or the end. */
function talk(pieces: readonly string[], done: (answer: string) => boolean): Promise<string> {
  const { hostname, port } = new URL(stack.url);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = connect(Number(port), hostname);
  let answer = "";
  const next = (left: readonly string[]): void => {
    const [piece, ...rest] = left;
    if (piece !== undefined && socket.writable) socket.write(piece, () => setImmediate(next, rest));
  };
  socket.on("connect", () => next(pieces));
  socket.on("error", (error: NodeJS.ErrnoException) => {
    // The server has said what it had to say, and closed while we still wrote.
    if (answer === "") reject(error);
  });
  socket.on("data", (data) => {
    answer += data;
    if (done(answer)) socket.destroy();
  });
  socket.on("close", () => resolve(answer));
  return promise;
}

const head = (lines: readonly string[]) => [...lines, "host: local", "", ""].join("\r\n");
const statuses = (answer: string) =>
  [...answer.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, code]) => Number(code));
const answered = (times: number) => (answer: string) =>
  statuses(answer).length >= times && /\}$/.test(answer);

describe("over a bare socket", () => {
  const json = "content-type: application/json";

  test("headers beyond what a gateway takes are refused", async () => {
    const answer = await talk([head(["GET /health HTTP/1.1", `x-long: ${"x".repeat(40_000)}`])], answered(1));
    expect(statuses(answer)).toEqual([expect.toSatisfy((status) => status === 400 || status === 431)]);
  });

  test("a body byte by byte arrives whole", async () => {
    const start = head(["POST /echo HTTP/1.1", json, "content-length: 8"]);
    const answer = await talk([start, ...'{"a": 1}'], answered(1));
    expect(statuses(answer)).toEqual([200]);
    expect(answer).toContain(String.raw`"body":"{\"a\": 1}"`);
  });

  test("a body that stops coming is given up, and the next request answered", async () => {
    const start = head(["POST /echo HTTP/1.1", json, "content-length: 8"]);
    expect(statuses(await talk([start, '{"a"'], () => false))).toEqual([408]);
    expect((await send("/health")).status).toBe(200);
  }, 30_000);

  test("a body in chunks arrives whole", async () => {
    const start = head(["POST /echo HTTP/1.1", json, "transfer-encoding: chunked"]);
    const answer = await talk([start, '4\r\n{"a"\r\n', "4\r\n: 1}\r\n", "0\r\n\r\n"], answered(1));
    expect(answer).toContain(String.raw`"body":"{\"a\": 1}"`);
  });

  test("a chunk that is none is refused", async () => {
    const start = head(["POST /echo HTTP/1.1", json, "transfer-encoding: chunked"]);
    expect(statuses(await talk([start, "zz\r\n"], () => false))).toEqual([400]);
  });

  test("a length that is none is refused", async () => {
    const answer = await talk([head(["POST /echo HTTP/1.1", json, "content-length: -1"])], () => false);
    expect(statuses(answer)).toEqual([400]);
  });

  test("Expect: 100-continue is answered before the body comes", async () => {
    const { promise: continued, resolve } = Promise.withResolvers<void>();
    const start = head(["POST /echo HTTP/1.1", json, "content-length: 2", "expect: 100-continue"]);
    const { hostname, port } = new URL(stack.url);
    const socket = connect(Number(port), hostname);
    let answer = "";
    socket.on("data", (data) => {
      answer += data;
      if (answer.includes("100 Continue")) resolve();
      if (answered(2)(answer)) socket.destroy();
    });
    socket.write(start);
    await continued;
    socket.write("{}");
    await new Promise((closed) => socket.once("close", closed));
    expect(statuses(answer)).toEqual([100, 200]);
  });

  test("requests that follow one another without waiting are each answered", async () => {
    const one = head(["GET /health HTTP/1.1"]);
    expect(statuses(await talk([one + one + one], answered(3)))).toEqual([200, 200, 200]);
  });

  test.each([
    "/records/%zz",
    "/records/%",
    "/records/%00",
    "/records/%2F",
    "/records/%E0%A4%A",
    "/records/a%20b",
  ])("the path %s is no fault of ours", async (route) => {
    const [status = 0] = statuses(await talk([head([`GET ${route} HTTP/1.1`])], answered(1)));
    expect([400, 404]).toContain(status);
  });

  test.each([
    "GET http://elsewhere.example/health HTTP/1.1",
    "GET * HTTP/1.1",
    "BREW /health HTTP/1.1",
    "nonsense",
  ])("%s is answered", async (line) => {
    const [status = 0] = statuses(await talk([head([line])], answered(1)));
    expect([200, 400, 404]).toContain(status);
  });
});
