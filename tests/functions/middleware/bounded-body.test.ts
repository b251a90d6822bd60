import { gzipSync } from "node:zlib";
import { maxBodyBytes } from "@sluice/contract/limits";
import type { Context } from "aws-lambda";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { httpEvent } from "../../../acceptance/support/http-event.ts";
import { boundedBody, type RawBodyEvent } from "../../../functions/middleware/bounded-body.ts";

/** The body as a handler sees it, of text or of bytes as the gateway hands them over. */
async function unpacked(body: string | Uint8Array, encoding?: string): Promise<string> {
  const headers = encoding === undefined ? {} : { "content-encoding": encoding };
  const event = httpEvent({ method: "POST", headers, body }) as RawBodyEvent;
  const request = { event, context: {} as Context, response: null, error: null, internal: {} };
  await boundedBody().before?.(request);
  return event.rawBody.toString("utf8");
}

const json = '{"dataMatrix": [[1, 2.5]], "labels": {"é": "€"}}';

/** The spellings of one name: case-insensitive, with and without the old prefix. */
const gzipNames = fc
  .tuple(fc.constantFrom("gzip", "x-gzip"), fc.infiniteStream(fc.boolean()), fc.constantFrom("", " "))
  .map(
    ([name, upper, space]) =>
      space +
      [...name].map((letter) => (upper.next().value ? letter.toUpperCase() : letter)).join("") +
      space,
  );

test("gzip is undone under every spelling of its name", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "grapheme" }), gzipNames, async (text, name) => {
      expect(await unpacked(gzipSync(text), name)).toBe(text);
    }),
  );
});

describe("a body that came as text and says it is gzip", () => {
  test("is taken as it is: it was unpacked on its way", async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), gzipNames, async (text, name) => {
        expect(await unpacked(text, name)).toBe(text);
      }),
    );
    expect(await unpacked(json, "gzip")).toBe(json);
  });

  test("is refused, and says why, where its bytes were read as text", async () => {
    const destroyed = gzipSync(json).toString("utf8");
    await expect(unpacked(destroyed, "gzip")).rejects.toMatchObject({
      code: "bad-request",
      message: expect.stringContaining("read as text on their way"),
      place: { field: "content-encoding", expected: "no compression" },
    });
  });
});

test("bytes that say they are gzip and are not are refused", async () => {
  for (const bytes of [Buffer.from(json), Buffer.from([0x1f, 0x8b]), gzipSync(json).subarray(0, 20)])
    await expect(unpacked(bytes, "gzip")).rejects.toMatchObject({ code: "bad-request" });
});

test.each(["br", "deflate", "zstd", "gzip, gzip"])("another compression is refused: %s", async (name) => {
  await expect(unpacked(json, name)).rejects.toMatchObject({ code: "unsupported-media-type" });
});

test("the cap holds for what was sent and for what it unpacks to", async () => {
  const cap = { code: "payload-too-large" };
  await expect(unpacked("x".repeat(maxBodyBytes + 1))).rejects.toMatchObject(cap);
  await expect(unpacked(Buffer.alloc(maxBodyBytes + 1))).rejects.toMatchObject(cap);
  await expect(unpacked(gzipSync(Buffer.alloc(maxBodyBytes + 1)), "gzip")).rejects.toMatchObject(cap);
  expect((await unpacked("x".repeat(maxBodyBytes), "identity")).length).toBe(maxBodyBytes);
});
