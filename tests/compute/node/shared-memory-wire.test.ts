import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { runInThread } from "@sluice/compute/node/thread";
import type { FloatingArray } from "@sluice/contract/array";
import { arrayToJson } from "@sluice/contract/array-json";
import { dataBytes, encodeNpy } from "@sluice/contract/npy";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { s3 } from "../../../aws/s3/client.ts";
import { objectStore } from "../../../aws/s3/object-store.ts";
import { operand, relativeError } from "../../support/compute/arrays.ts";
import { reference } from "../../support/compute/engines.ts";
import { floating } from "../../support/contract/floating.ts";

/** An S3 that keeps what it is sent. */
let server: Server;
const received = new Map<string, Buffer>();

beforeAll(async () => {
  server = createServer(async (incoming: IncomingMessage, reply) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    received.set(new URL(incoming.url ?? "", "http://s3").pathname, Buffer.concat(chunks));
    reply.writeHead(200, { etag: '"0"' }).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  vi.stubEnv("AWS_ENDPOINT_URL_S3", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv("AWS_REGION", "eu-west-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
});
afterAll(async () => {
  vi.unstubAllEnvs();
  s3().destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** A thread's result as it arrives: in the thread's shared memory, at an offset. */
async function resultOf(
  rows: number,
  columns: number,
): Promise<{ result: FloatingArray; expected: FloatingArray }> {
  const inputs = () => ({ a: operand([rows, 3], "float64", 1), b: operand([3, columns], "float64", 2) });
  const { a, b } = inputs();
  const { result } = await runInThread({ operation: "matmul", params: {}, inputs: inputs() });
  return { result: floating(result), expected: reference.open().matmul(a, b) };
}

const bytesOf = ({ data }: FloatingArray): Buffer =>
  Buffer.from(data.buffer, data.byteOffset, data.byteLength);

describe("a result in shared memory", () => {
  // Up to 1 MiB a body is one buffer, above it is streamed in slices.
  test.each([
    [20, 30],
    [1100, 1000],
  ])("of %i×%i reaches S3 byte for byte", async (rows, columns) => {
    const { result, expected } = await resultOf(rows, columns);
    expect(result.data.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(result.data.byteOffset).toBeGreaterThan(0);
    expect(relativeError(result.data, expected.data)).toBeLessThan(1e-15);
    const signal = AbortSignal.timeout(20_000);
    await objectStore("bucket").put("result.npy", [Buffer.from("header"), dataBytes(result)], signal);
    const body = received.get("/bucket/result.npy");
    expect(body?.subarray(0, 6).toString()).toBe("header");
    expect(body?.subarray(6).equals(bytesOf(result))).toBe(true);
  });

  test("is written as .npy and as JSON like any other array", async () => {
    const { result } = await resultOf(4, 5);
    const own: FloatingArray = { ...result, data: Float64Array.from(result.data) };
    expect(encodeNpy(result)).toEqual(encodeNpy(own));
    expect(arrayToJson(result)).toEqual(arrayToJson(own));
  });
});
