import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { s3 } from "../../../aws/s3/client.ts";
import { objectStore } from "../../../aws/s3/object-store.ts";
import type { ObjectStore } from "../../../jobs/ports.ts";
import { readBytes } from "../../support/jobs/objects.ts";

/** An S3 that stops in the middle: what it does with a request is the test's. */
let server: Server;
let objects: ObjectStore;
let answer: (incoming: IncomingMessage, reply: ServerResponse) => void;
let requests = 0;

beforeAll(async () => {
  server = createServer((incoming, reply) => {
    requests++;
    answer(incoming, reply);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  vi.stubEnv("AWS_ENDPOINT_URL_S3", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv("AWS_REGION", "eu-west-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  objects = objectStore("bucket");
});
afterAll(async () => {
  vi.unstubAllEnvs();
  s3().destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
afterEach(() => {
  requests = 0;
});

const cancelled = new Error("cancelled by the caller");
const mebibyte = 1024 * 1024;
/** One part. */
const range = { offset: 0, length: 8 * mebibyte };

const whenHungUp = ({ socket }: IncomingMessage, done: (value?: unknown) => void) =>
  socket.once("close", done);

describe("a transfer whose signal is aborted ends with the signal's reason, once, and hangs up", () => {
  test("get, while S3 does not answer", async () => {
    const abort = new AbortController();
    const closed = new Promise((resolve) => {
      answer = (incoming) => {
        whenHungUp(incoming, resolve);
        abort.abort(cancelled);
      };
    });
    await expect(readBytes(objects, "a.npy", range, abort)).rejects.toBe(cancelled);
    await closed;
    expect(requests).toBe(1);
  });

  test("get, while the body streams", async () => {
    const abort = new AbortController();
    const closed = new Promise((resolve) => {
      answer = (incoming, reply) => {
        whenHungUp(incoming, resolve);
        reply.writeHead(200, { "content-length": range.length, etag: '"1"' });
        // Its head is in our hands by the time that the first part of its body is flushed.
        reply.write(Buffer.alloc(mebibyte), () => setImmediate(() => abort.abort(cancelled)));
      };
    });
    await expect(readBytes(objects, "a.npy", range, abort)).rejects.toBe(cancelled);
    await closed;
    expect(requests).toBe(1);
  });

  test.each([
    ["buffered", 1],
    ["streamed", 16],
  ])("put, %s, while S3 reads it", async (_how, mebibytes) => {
    const abort = new AbortController();
    const closed = new Promise((resolve) => {
      answer = (incoming) => {
        whenHungUp(incoming, resolve);
        incoming.once("data", () => {
          abort.abort(cancelled);
        });
      };
    });
    const parts = [new Uint8Array(mebibytes * mebibyte)];
    await expect(objects.put("a.npy", parts, abort.signal)).rejects.toBe(cancelled);
    await closed;
    expect(requests).toBe(1);
  });

  test("get and put, when it was aborted before they began: nothing is sent", async () => {
    const signal = AbortSignal.abort(cancelled);
    await expect(readBytes(objects, "a.npy", range, { signal })).rejects.toBe(cancelled);
    await expect(objects.put("a.npy", [new Uint8Array(8)], signal)).rejects.toBe(cancelled);
    await expect(objects.put("a.npy", [new Uint8Array(9 * mebibyte)], signal)).rejects.toBe(cancelled);
    expect(requests).toBe(0);
  });

  test("put, between the attempts of one that fails", async () => {
    const abort = new AbortController();
    answer = (incoming, reply) => {
      incoming.resume();
      incoming.once("end", () => {
        reply.writeHead(500).end();
        abort.abort(cancelled);
      });
    };
    await expect(objects.put("a.npy", [new Uint8Array(9 * mebibyte)], abort.signal)).rejects.toBe(cancelled);
    expect(requests).toBe(1);
  });
});

test("a signal that is never aborted changes nothing", async () => {
  const { signal } = new AbortController();
  const stored: number[] = [];
  answer = (incoming, reply) => {
    let received = 0;
    incoming.on("data", (chunk: Buffer) => {
      received += chunk.byteLength;
    });
    incoming.once("end", () => {
      if (incoming.method === "PUT") stored.push(received);
      reply.end(incoming.method === "GET" ? "0123456789" : undefined);
    });
    reply.setHeader("etag", '"1"');
    if (incoming.method === "GET") reply.setHeader("content-length", 10);
  };
  const read = await readBytes(objects, "a.npy", { offset: 0, length: 10 }, { signal });
  expect(new TextDecoder().decode(read)).toBe("0123456789");
  await objects.put("a.npy", [new Uint8Array(8)], signal);
  await objects.put("a.npy", [new Uint8Array(9 * mebibyte)], signal);
  expect(stored).toEqual([8, 9 * mebibyte]);
});
