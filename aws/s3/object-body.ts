import { Readable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";

/**
 * Up to this size a body is one buffer, signed with its hash, which the SDK can send again by itself. Larger ones
 * are streamed in slices of it: 16 MiB in one buffer took five times the processor's time, and TLS held them again.
 */
const sliceBytes = 1024 * 1024;
const attempts = 4;
/** Before the second attempt, doubled before each further one; half to all of it. */
const pauseMilliseconds = 200;

/** What a request carries. */
export type Content = Buffer | Readable;

/** Bytes on their way out, as views of the memory they are in. */
export type Body = readonly Buffer[];

/**
 * `length` bytes from `offset` of pieces that follow each other. Views are Buffers made of their memory: as
 * anything else, shared memory would go out as the text "0,0,0".
 */
export function bodyOf(pieces: readonly Uint8Array[], offset: number, length: number): Body {
  const views: Buffer[] = [];
  let start = 0;
  for (const { buffer, byteOffset, byteLength } of pieces) {
    const from = Math.max(0, offset - start);
    const to = Math.min(byteLength, offset + length - start);
    if (from < to) views.push(Buffer.from(buffer, byteOffset + from, to - from));
    start += byteLength;
  }
  return views;
}

/** Sends a body, several times if need be. @throws what the last attempt threw, or the signal's reason */
export async function sendBody<Answer>(
  body: Body,
  send: (content: Content) => Promise<Answer>,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  const length = body.reduce((sum, view) => sum + view.byteLength, 0);
  if (length <= sliceBytes) return send(Buffer.concat(body));
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    try {
      // The SDK cannot rewind a stream, so each attempt gets a fresh one.
      return await send(Readable.from(slices(body), { highWaterMark: 1 }));
    } catch (error) {
      if (attempt === attempts || signal?.aborted) throw error;
      const pause = pauseMilliseconds * 2 ** (attempt - 1) * (0.5 + Math.random() / 2);
      await wait(pause, undefined, { signal });
    }
  }
}

function* slices(body: Body): Generator<Buffer> {
  for (const view of body) {
    for (let start = 0; start < view.byteLength; start += sliceBytes) {
      yield view.subarray(start, start + sliceBytes);
    }
  }
}
