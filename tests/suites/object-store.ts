import { beforeEach, describe, expect, test } from "vitest";
import { headBytes, ObjectChanged, ObjectMissing, type ObjectStore } from "../../jobs/ports.ts";
import { bytesTarget, etagOf, readBytes } from "../support/jobs/objects.ts";

/**
 * What jobs/ports.ts says of an ObjectStore. All implementations run the same cases, so that a test over a fake says
 * something about S3. `open` answers an empty store, in an object: a port that
 * records its calls would be taken for a promise.
 */
export function objectStoreSuite(name: string, open: () => Promise<{ readonly objects: ObjectStore }>): void {
  describe(name, () => {
    let objects: ObjectStore;
    beforeEach(async () => {
      objects = (await open()).objects;
    });

    const key = "jobs/x/1/result.npy";
    const content = Uint8Array.from({ length: 1_000_000 }, (_, index) => index * 31 + (index >> 8));
    const whole = { offset: 0, length: content.length };
    const cancelled = new Error("cancelled by the caller");

    describe("put and get", () => {
      test("give back the pieces as one object, out of shared memory and out of views", async () => {
        const shared = new Uint8Array(new SharedArrayBuffer(1000));
        shared.set(content.subarray(200, 1200));
        await objects.put(key, [content.subarray(100, 200), shared, content.subarray(1200, 5000)]);
        expect(await readBytes(objects, key, { offset: 0, length: 4900 })).toEqual(content.slice(100, 5000));
      });

      test("keep what was put, whatever becomes of its memory", async () => {
        const bytes = content.slice(0, 100);
        await objects.put(key, [bytes]);
        bytes.fill(0);
        expect(await readBytes(objects, key, { offset: 0, length: 100 })).toEqual(content.slice(0, 100));
      });

      test.each([
        // Not [0, 1]: s3rver takes "bytes=0-0" for no range at all.
        [0, 2],
        [0, headBytes],
        [77, headBytes + 1],
        [999_999, 1],
        [12_345, 900_000],
      ])("read from %i on exactly %i bytes, each once", async (offset, length) => {
        await objects.put(key, [content]);
        const times = new Uint8Array(length);
        const target = bytesTarget(length);
        const counting = {
          write(piece: Uint8Array, at: number) {
            for (let index = at; index < at + piece.length; index++) times[index] = (times[index] ?? 0) + 1;
            target.write(piece, at);
          },
        };
        expect(await objects.get(key, { offset, length }, () => counting)).toBe(counting);
        expect(Buffer.compare(target.bytes, content.subarray(offset, offset + length))).toBe(0);
        expect(times.every((count) => count === 1)).toBe(true);
      });

      test("show `open` the beginning once, before anything is written: a head's length or all", async () => {
        await objects.put(key, [content]);
        for (const length of [10, headBytes, 100_000]) {
          const heads: Uint8Array[] = [];
          await objects.get(key, { offset: 3, length }, (head) => {
            heads.push(head.slice());
            return bytesTarget(length);
          });
          const [head = new Uint8Array()] = heads;
          expect(heads).toHaveLength(1);
          expect(head.length).toBeGreaterThanOrEqual(Math.min(headBytes, length));
          expect(head.length).toBeLessThanOrEqual(length);
          expect(Buffer.compare(head, content.subarray(3, 3 + head.length))).toBe(0);
        }
      });

      test("replace an object whole, and leave others alone", async () => {
        await objects.put(key, [content]);
        await objects.put("jobs/x/2/result.npy", [content.subarray(0, 5)]);
        await objects.put(key, [content.subarray(10, 14)]);
        expect(await readBytes(objects, key, { offset: 0, length: 4 })).toEqual(content.slice(10, 14));
        await expect(readBytes(objects, key, { offset: 0, length: 5 })).rejects.toBeInstanceOf(ObjectChanged);
        const other = await readBytes(objects, "jobs/x/2/result.npy", { offset: 0, length: 5 });
        expect(other).toEqual(content.slice(0, 5));
      });
    });

    describe("a get that fails", () => {
      test("of no object says that it is missing, under a pin too", async () => {
        const options = { etag: etagOf(content) };
        await expect(readBytes(objects, key, whole)).rejects.toBeInstanceOf(ObjectMissing);
        await expect(readBytes(objects, key, whole, options)).rejects.toBeInstanceOf(ObjectMissing);
      });

      test.each([
        ["ends behind its end", { offset: 10, length: content.length }],
        ["begins at its end", { offset: content.length, length: 1 }],
      ])("of a range that %s says that it has changed, and opens no target", async (_what, range) => {
        await objects.put(key, [content]);
        let opened = 0;
        const reading = objects.get(key, range, () => {
          opened++;
          return bytesTarget(range.length);
        });
        await expect(reading).rejects.toBeInstanceOf(ObjectChanged);
        expect(opened).toBe(0);
      });

      test("under the pin of another version says that it has changed; under its own it reads", async () => {
        await objects.put(key, [content]);
        const options = { etag: etagOf(content) };
        expect(Buffer.compare(await readBytes(objects, key, whole, options), content)).toBe(0);
        await objects.put(key, [content.slice().reverse()]);
        await expect(readBytes(objects, key, whole, options)).rejects.toBeInstanceOf(ObjectChanged);
      });

      test("throws what `open` or `write` throws, and writes nothing afterwards", async () => {
        await objects.put(key, [content]);
        const refusal = new Error("not a .npy file");
        let written = 0;
        const refuse = () => {
          throw refusal;
        };
        await expect(objects.get(key, whole, refuse)).rejects.toBe(refusal);
        const write = () => {
          written++;
          refuse();
        };
        await expect(objects.get(key, whole, () => ({ write }))).rejects.toBe(refusal);
        expect(written).toBe(1);
      });
    });

    describe("an aborted signal", () => {
      test("before a put leaves no object, and gives its reason", async () => {
        const put = objects.put(key, [content], AbortSignal.abort(cancelled));
        await expect(put).rejects.toBe(cancelled);
        expect(await objects.exists(key)).toBe(false);
      });

      test("before a get opens nothing, and gives its reason", async () => {
        await objects.put(key, [content]);
        let opened = 0;
        const open = () => {
          opened++;
          return bytesTarget(content.length);
        };
        const signal = AbortSignal.abort(cancelled);
        await expect(objects.get(key, whole, open, { signal })).rejects.toBe(cancelled);
        expect(opened).toBe(0);
      });

      test("while the target opens ends the get with its reason, and nothing is written", async () => {
        await objects.put(key, [content]);
        const abort = new AbortController();
        let written = 0;
        const open = () => {
          abort.abort(cancelled);
          return { write: () => void written++ };
        };
        const reading = objects.get(key, { offset: 0, length: 100 }, open, { signal: abort.signal });
        await expect(reading).rejects.toBe(cancelled);
        expect(written).toBe(0);
      });
    });

    describe("an object", () => {
      test("exists once it is put", async () => {
        expect(await objects.exists(key)).toBe(false);
        await objects.put(key, [content]);
        expect(await objects.exists(key)).toBe(true);
        expect(await objects.exists(`${key}.not`)).toBe(false);
      });

      test("has a link that names it and its file, whether it is there or not", async () => {
        const link = new URL(await objects.link(key, "result.npy"));
        expect(decodeURIComponent(link.pathname).endsWith(`/${key}`)).toBe(true);
        expect([...link.searchParams.values()].some((value) => value.includes("result.npy"))).toBe(true);
      });
    });
  });
}
