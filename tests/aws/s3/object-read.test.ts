import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { s3 } from "../../../aws/s3/client.ts";
import { objectStore } from "../../../aws/s3/object-store.ts";
import { ObjectChanged, ObjectMissing, type ObjectStore } from "../../../jobs/ports.ts";
import { type Call, type PartServer, startPartServer } from "../../support/aws/part-server.ts";
import { bytesTarget, readBytes } from "../../support/jobs/objects.ts";

let cloud: PartServer;
let objects: ObjectStore;
const mebibyte = 1024 * 1024;
const key = "jobs/a.npy";
/** Numbers that tell every place in 256 MiB apart, and no whole number of parts. */
const content = Buffer.from(new Uint32Array(10 * mebibyte + 3).map((_, index) => index).buffer);
const range = { offset: 5, length: content.byteLength - 12 };
const wanted = content.subarray(5, content.byteLength - 7);

beforeAll(async () => {
  cloud = await startPartServer();
  vi.stubEnv("AWS_ENDPOINT_URL_S3", cloud.url);
  vi.stubEnv("AWS_REGION", "eu-west-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  objects = objectStore("bucket");
});
afterAll(async () => {
  vi.unstubAllEnvs();
  s3().destroy();
  await cloud.stop();
});
beforeEach(() => {
  cloud.reset();
  cloud.objects.set(key, { bytes: content, etag: '"1"' });
});

const gets = () => cloud.calls.filter(({ name }) => name === "GetObject");
const nothingUnderWay = () => vi.waitFor(() => expect(cloud.busy).toBe(0));
/** The part that the test breaks: it begins in the middle of the object. */
const third = ({ range: asked }: Call) => asked?.[0] === 5 + 16 * mebibyte;

describe("a large range", () => {
  test("comes in parts, at most eight at once, all of the version that answered first", async () => {
    const bytes = await readBytes(objects, key, range);
    expect(wanted.equals(bytes)).toBe(true);
    expect(
      gets()
        .map(({ range: asked }) => asked?.[0])
        .sort((a = 0, b = 0) => a - b),
    ).toEqual([0, 1, 2, 3, 4].map((part) => 5 + part * 8 * mebibyte));
    expect(gets().map(({ ifMatch }) => ifMatch)).toEqual([undefined, '"1"', '"1"', '"1"', '"1"']);
    expect(cloud.mostBusy).toBeGreaterThan(1);
    expect(cloud.mostBusy).toBeLessThanOrEqual(8);
  });

  test("that fits one part is one call", async () => {
    const bytes = await readBytes(objects, key, { offset: 3, length: 8 * mebibyte });
    expect(content.subarray(3, 3 + 8 * mebibyte).equals(bytes)).toBe(true);
    expect(cloud.calls).toHaveLength(1);
  });

  test("of a pinned version asks for no other", async () => {
    await readBytes(objects, key, range, { etag: '"1"' });
    expect(new Set(gets().map(({ ifMatch }) => ifMatch))).toEqual(new Set(['"1"']));
    const replaced = readBytes(objects, key, range, { etag: '"0"' });
    await expect(replaced).rejects.toBeInstanceOf(ObjectChanged);
    await expect(replaced).rejects.toThrow('expected jobs/a.npy with ETag "0"');
  });

  test.each([false, true])(
    "replaced in the middle is an error, never a mix (If-Match ignored: %s)",
    async (ignores) => {
      cloud.ignoresIfMatch = ignores;
      cloud.fault = (call) => {
        // The first answer is on its way when another file takes the object's place.
        if (call.attempt === 1 && call.range?.[0] === 5)
          setImmediate(() =>
            cloud.objects.set(key, { bytes: Buffer.alloc(content.byteLength), etag: '"2"' }),
          );
        return undefined;
      };
      await expect(readBytes(objects, key, range)).rejects.toBeInstanceOf(ObjectChanged);
      await nothingUnderWay();
    },
  );

  test("survives a part that is refused once", async () => {
    cloud.fault = (call) => (third(call) && call.attempt === 1 ? 503 : undefined);
    expect(wanted.equals(await readBytes(objects, key, range))).toBe(true);
  });

  test("goes on where a part's stream broke", async () => {
    cloud.fault = (call) => (third(call) ? { breakAfter: mebibyte } : undefined);
    expect(wanted.equals(await readBytes(objects, key, range))).toBe(true);
    const again = gets().filter(({ range: asked }) => asked?.[1] === 4 + 24 * mebibyte);
    expect(again).toHaveLength(2);
    expect(again[1]?.range?.[0]).toBe(5 + 17 * mebibyte);
    expect(again[1]?.ifMatch).toBe('"1"');
  });

  test("fails when a part's stream always breaks, after four", async () => {
    const inThird = ({ range: asked }: Call) => asked?.[1] === 4 + 24 * mebibyte;
    cloud.fault = (call) => (inThird(call) ? { breakAfter: 10_000 } : undefined);
    await expect(readBytes(objects, key, range)).rejects.toThrow(/aborted|ECONNRESET/);
    expect(gets().filter(inThird)).toHaveLength(4);
    await nothingUnderWay();
  });

  test("fails when a part is always refused, and ends the others", async () => {
    cloud.fault = (call) => (third(call) ? 500 : call.range?.[0] === 5 ? undefined : "hang");
    await expect(readBytes(objects, key, range)).rejects.toMatchObject({
      $metadata: { httpStatusCode: 500 },
    });
    await nothingUnderWay();
  });

  test.each([
    ["too short", 20 * mebibyte, /expected 8388608 bytes from 16777221 on of jobs\/a.npy, got 4194299/],
    ["cut off before it", 10, /expected 8388608 bytes from 5 on of jobs\/a.npy, got 5/],
  ])("of an object that is %s is an error", async (_how, length, message) => {
    cloud.objects.set(key, { bytes: content.subarray(0, length), etag: '"1"' });
    const reading = readBytes(objects, key, range);
    await expect(reading).rejects.toBeInstanceOf(ObjectChanged);
    await expect(reading).rejects.toThrow(message);
    await nothingUnderWay();
  });

  test("beyond the object's end, or of none, says so", async () => {
    const beyond = { offset: content.byteLength, length: 10 };
    await expect(readBytes(objects, key, beyond)).rejects.toBeInstanceOf(ObjectChanged);
    await expect(readBytes(objects, "none", range)).rejects.toBeInstanceOf(ObjectMissing);
  });

  test("ends when its reader refuses what begins so, or a later piece; nothing is written afterwards", async () => {
    const refusal = new Error("not a .npy file");
    const refuse = () => {
      throw refusal;
    };
    await expect(objects.get(key, range, refuse)).rejects.toBe(refusal);
    expect(gets()).toHaveLength(1);
    await nothingUnderWay();
    const { write } = bytesTarget(range.length);
    let written = 0;
    const full = {
      write(bytes: Uint8Array, at: number) {
        if (++written > 20) refuse();
        write(bytes, at);
      },
    };
    await expect(objects.get(key, range, () => full)).rejects.toBe(refusal);
    const atTheEnd = written;
    await nothingUnderWay();
    expect(written).toBe(atTheEnd);
  });

  test("aborted in the middle ends every request, with the signal's reason", async () => {
    const abort = new AbortController();
    const cancelled = new Error("cancelled by the caller");
    cloud.fault = (call) => {
      if (!third(call)) return undefined;
      setImmediate(() => abort.abort(cancelled));
      return "hang";
    };
    await expect(readBytes(objects, key, range, { signal: abort.signal })).rejects.toBe(cancelled);
    await nothingUnderWay();
  });
});
