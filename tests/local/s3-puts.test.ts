import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Emulator } from "../../local/emulators/emulator.ts";
import { startS3 } from "../../local/emulators/s3.ts";

const folder = mkdtempSync(path.join(tmpdir(), "sluice-s3-"));
const at = { Bucket: "bucket", Key: "results/1.json" };
let emulator: Emulator;
let s3: S3Client;

beforeAll(async () => {
  emulator = await startS3(folder, [{ name: at.Bucket }]);
  s3 = new S3Client({
    region: "eu-west-1",
    endpoint: emulator.url,
    credentials: { accessKeyId: "S3RVER", secretAccessKey: "S3RVER" },
    requestChecksumCalculation: "WHEN_REQUIRED",
  });
});

afterAll(async () => {
  s3.destroy();
  await emulator.stop();
  rmSync(folder, { recursive: true });
});

const bytesWritten = () =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(path.join(parentPath, name)).size, 0);

async function text(): Promise<string | undefined> {
  const { Body } = await s3.send(new GetObjectCommand(at));
  return Body?.transformToString();
}

/** A PUT whose second half is still to come. */
async function halfSent(content: string) {
  const before = bytesWritten();
  const half = content.length / 2;
  const link = await getSignedUrl(s3, new PutObjectCommand(at));
  const request = http.request(link, { method: "PUT", headers: { "content-length": content.length } });
  const answered = new Promise<number | undefined>((resolve, reject) => {
    request.on("response", (response) => resolve(response.resume().statusCode));
    request.on("error", reject);
  });
  answered.catch(() => {});
  request.write(content.slice(0, half));
  await expect.poll(() => bytesWritten() - before, { interval: 10 }).toBeGreaterThanOrEqual(half);
  return { request, answered, rest: content.slice(half) };
}

test("an object is not there until all of it is", async () => {
  const { request, answered, rest } = await halfSent("a".repeat(200_000));
  await expect(text()).rejects.toThrow("The specified key does not exist");
  request.end(rest);
  expect(await answered).toBe(200);
  expect(await text()).toBe("a".repeat(200_000));
});

test("an object that is replaced is the old one until the new one is whole", async () => {
  const { request, answered, rest } = await halfSent("b".repeat(100_000));
  expect(await text()).toBe("a".repeat(200_000));
  request.end(rest);
  expect(await answered).toBe(200);
  expect(await text()).toBe("b".repeat(100_000));
});

test("a PUT that breaks off leaves nothing", async () => {
  const before = bytesWritten();
  const { request } = await halfSent("c".repeat(200_000));
  request.destroy();
  await expect.poll(bytesWritten, { interval: 10 }).toBe(before);
  expect(await text()).toBe("b".repeat(100_000));
});
