import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bodyOf, type Content, sendBody } from "../../../aws/s3/object-body.ts";

const mebibyte = 1024 * 1024;
const sent = (content: Content) => (Buffer.isBuffer(content) ? content : buffer(content as Readable));

describe("a body", () => {
  test("is the asked bytes of the pieces one after the other, whatever the cut", () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 6 });
    fc.assert(
      fc.property(pieces, fc.nat(130), fc.nat(130), (parts, offset, length) => {
        const whole = Buffer.concat(parts);
        expect(Buffer.concat(bodyOf(parts, offset, length))).toEqual(whole.subarray(offset, offset + length));
      }),
    );
  });

  test("views the memory of its pieces, shared memory too, and copies none", () => {
    const shared = new Uint8Array(new SharedArrayBuffer(16), 4, 8);
    const [view] = bodyOf([shared], 2, 4);
    shared[2] = 7;
    expect(view?.buffer).toBe(shared.buffer);
    expect([...(view ?? [])]).toEqual([7, 0, 0, 0]);
  });
});

describe("sending", () => {
  const large = bodyOf([new Uint8Array(2 * mebibyte + 5).fill(9)], 0, 2 * mebibyte + 5);

  test("a small body goes out as one buffer, once: the SDK repeats it by itself", async () => {
    let attempts = 0;
    const send = async (content: Content) => {
      attempts++;
      expect(Buffer.isBuffer(content)).toBe(true);
      throw new Error("refused");
    };
    await expect(sendBody(bodyOf([new Uint8Array(mebibyte)], 0, mebibyte), send, undefined)).rejects.toThrow(
      "refused",
    );
    expect(attempts).toBe(1);
  });

  test("a large one is streamed whole, anew at each attempt, even when one broke off in the middle", async () => {
    const lengths: number[] = [];
    const answer = await sendBody(
      large,
      async (content) => {
        if (lengths.length === 0) {
          for await (const slice of content as Readable) {
            lengths.push(slice.byteLength);
            break;
          }
          throw new Error("the connection broke");
        }
        lengths.push((await sent(content)).byteLength);
        return "stored";
      },
      undefined,
    );
    expect(answer).toBe("stored");
    expect(lengths).toEqual([mebibyte, 2 * mebibyte + 5]);
  });

  test("a large one is given up after four attempts, with what the last one threw", async () => {
    let attempts = 0;
    const send = async () => {
      attempts++;
      throw new Error(`attempt ${attempts}`);
    };
    await expect(sendBody(large, send, undefined)).rejects.toThrow("attempt 4");
    expect(attempts).toBe(4);
  });

  test("one that is aborted is not tried again", async () => {
    const abort = new AbortController();
    let attempts = 0;
    const send = async () => {
      attempts++;
      abort.abort(new Error("cancelled"));
      throw new Error("broken off");
    };
    await expect(sendBody(large, send, abort.signal)).rejects.toThrow("broken off");
    await expect(sendBody(large, send, abort.signal)).rejects.toThrow("cancelled");
    expect(attempts).toBe(1);
  });
});
