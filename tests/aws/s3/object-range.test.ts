import { S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { objectStore } from "../../../aws/s3/object-store.ts";
import { type PartServer, startPartServer } from "../../support/aws/part-server.ts";
import { readBytes } from "../../support/jobs/objects.ts";

/** The product's client with a shorter patience. */
vi.mock("../../../aws/s3/client.ts", async (importOriginal) => {
  const { stallMilliseconds } = await importOriginal<typeof import("../../../aws/s3/client.ts")>();
  const client = new S3Client({ requestHandler: { socketTimeout: stallMilliseconds / 100 } });
  return { s3: () => client };
});

let cloud: PartServer;
beforeAll(async () => {
  cloud = await startPartServer();
  vi.stubEnv("AWS_ENDPOINT_URL_S3", cloud.url);
  vi.stubEnv("AWS_REGION", "eu-west-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await cloud.stop();
});

test("a body that stalls is broken off, and the next stream goes on where it did", async () => {
  const bytes = Buffer.from(new Uint32Array(500_000).map((_, index) => index).buffer);
  cloud.objects.set("a", { bytes, etag: '"1"' });
  cloud.fault = ({ range }) => (range?.[0] === 0 ? { stallAfter: 100_000 } : undefined);
  const read = await readBytes(objectStore("bucket"), "a", { offset: 0, length: bytes.byteLength });
  expect(bytes.equals(read)).toBe(true);
  expect(cloud.calls.map(({ range }) => range?.[0])).toEqual([0, 100_000]);
});
