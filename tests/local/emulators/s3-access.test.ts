import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startLocalCloud, type TestCloud } from "../../support/local/local-cloud.ts";
import { clientSettings } from "../../support/local/settings.ts";

/** The local S3 where s3rver by itself lets in what S3 refuses. */
let cloud: TestCloud;
let s3: S3Client;
let at: { Bucket: string; Key: string };
const bytes = Uint8Array.from({ length: 40 }, (_, i) => i);

const CorsConfiguration = {
  CorsRules: [{ AllowedOrigins: ["*"], AllowedMethods: ["GET", "PUT"], AllowedHeaders: ["*"], MaxAge: 60 }],
};

beforeAll(async () => {
  cloud = await startLocalCloud({
    template: {
      Resources: { Jobs: { Type: "AWS::S3::Bucket", Properties: { BucketName: "jobs", CorsConfiguration } } },
    },
  });
  s3 = new S3Client({ ...clientSettings(cloud, "S3"), requestChecksumCalculation: "WHEN_REQUIRED" });
  at = { Bucket: "jobs", Key: "jobs/1/a b.npy" };
  await s3.send(new PutObjectCommand({ ...at, Body: bytes }));
}, 120_000);
afterAll(async () => {
  s3.destroy();
  await cloud.stop();
});

const readLink = (expiresIn = 60) => getSignedUrl(s3, new GetObjectCommand(at), { expiresIn });
const writeLink = () => getSignedUrl(s3, new PutObjectCommand({ ...at, Key: "jobs/1/put" }));

describe("without a signature", () => {
  test.each(["GET", "HEAD", "PUT", "DELETE"])("%s is refused", async (method) => {
    const url = (await readLink()).replace(/\?.*/, "");
    const body = method === "PUT" ? "x" : undefined;
    const response = await fetch(url, { method, ...(body ? { body } : {}) });
    expect(response.status).toBe(403);
    if (method !== "HEAD") expect(await response.text()).toContain("<Code>AccessDenied</Code>");
  });

  test("a signed client still reads all of it", async () => {
    const { Body } = await s3.send(new GetObjectCommand(at));
    expect(await Body?.transformToByteArray()).toEqual(bytes);
  });
});

describe("a presigned link", () => {
  test("opens what it names, and only by the method it was signed for", async () => {
    const link = await readLink();
    expect(new Uint8Array(await (await fetch(link)).arrayBuffer())).toEqual(bytes);
    for (const method of ["HEAD", "PUT", "DELETE"])
      expect([method, (await fetch(link, { method })).status]).toEqual([method, 403]);
  });

  test.each([
    ["its signature", (link: string) => link.replace(/X-Amz-Signature=./, "X-Amz-Signature=g")],
    ["its expiry", (link: string) => link.replace("X-Amz-Expires=60", "X-Amz-Expires=600")],
    ["its key", (link: string) => link.replace("jobs/1/", "jobs/2/")],
    ["a parameter more", (link: string) => `${link}&response-content-type=text%2Fhtml`],
    ["its signer", (link: string) => link.replace("S3RVER", "OTHER")],
  ])("with %s changed is refused", async (_what, change) => {
    expect((await fetch(change(await readLink()))).status).toBe(403);
  });

  test.each(["x-amz-acl", "x-amz-meta-owner", "x-amz-storage-class", "x-amz-website-redirect-location"])(
    "takes no header that was not signed: %s",
    async (name) => {
      const response = await fetch(await writeLink(), { method: "PUT", body: "x", headers: { [name]: "x" } });
      expect([response.status, await response.text()]).toEqual([403, expect.stringContaining("not signed")]);
      expect((await fetch(await writeLink(), { method: "PUT", body: "x" })).status).toBe(200);
    },
  );
});

test("the last bytes are the last bytes", async () => {
  const link = await readLink();
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 60 }), async (count) => {
      const response = await fetch(link, { headers: { range: `bytes=-${count}` } });
      const from = Math.max(0, bytes.length - count);
      expect(response.status).toBe(206);
      expect(response.headers.get("content-range")).toBe(`bytes ${from}-${bytes.length - 1}/${bytes.length}`);
      expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes.slice(from));
    }),
    { numRuns: 20 },
  );
  expect((await fetch(link, { headers: { range: "bytes=-0" } })).status).toBe(416);
});

test("CORS headers go to who names an origin", async () => {
  const named = async (headers: Record<string, string>) =>
    [...(await fetch(await readLink(), { headers })).headers.keys()].filter((name) =>
      name.startsWith("access-control-"),
    );
  expect(await named({ origin: "https://page.example" })).toContain("access-control-allow-origin");
  expect(await named({})).toEqual([]);
});
