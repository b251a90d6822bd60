import { addAbortSignal, Readable } from "node:stream";
import {
  GetObjectCommand,
  HeadObjectCommand,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { ObjectMissing, type ObjectStore } from "../jobs/ports.ts";
import { s3 } from "./clients.ts";

/** Up to this size a body is one buffer, which the SDK can send again by itself. */
const bufferedBytes = 8 * 1024 * 1024;
/** Larger bodies are streamed in slices of this size, without a second copy in memory. */
const sliceBytes = 1024 * 1024;
const streamAttempts = 3;
/** The link dies with the Lambda's own credentials anyway, hours at most. */
const linkSeconds = 3600;

/** Arrays in S3. */
export function objectStore(bucketName: string): ObjectStore {
  const Bucket = bucketName;

  return {
    async put(key, parts, signal) {
      const ContentLength = parts.reduce((sum, part) => sum + part.byteLength, 0);
      const send = (Body: Buffer | Readable) =>
        s3().send(
          new PutObjectCommand({ Bucket, Key: key, Body, ContentLength, ContentType: "application/x-npy" }),
          ...until(signal),
        );
      const attempts = ContentLength <= bufferedBytes ? 1 : streamAttempts;
      for (let attempt = 1; ; attempt++) {
        try {
          // The SDK repeats a buffer by itself. It cannot rewind a stream, so each attempt gets a fresh one.
          await send(ContentLength <= bufferedBytes ? Buffer.concat(parts) : Readable.from(slices(parts)));
          return;
        } catch (error) {
          signal?.throwIfAborted();
          if (attempt === attempts) throw error;
        }
      }
    },

    async get(key, range, signal) {
      const Range = range && `bytes=${range.offset}-${range.offset + range.length - 1}`;
      try {
        const { Body, ContentLength } = await s3().send(
          new GetObjectCommand({ Bucket, Key: key, ...(Range ? { Range } : {}) }),
          ...until(signal),
        );
        if (!Body) throw new Error(`S3 answered ${key} without a body`);
        // The SDK's own hold on the signal ends with the answer's head.
        if (signal) addAbortSignal(signal, Body as Readable);
        return await gather(Body as Readable, ContentLength ?? 0);
      } catch (error) {
        // The SDK and the stream each have an AbortError of their own: the caller knows only its reason.
        signal?.throwIfAborted();
        if (error instanceof NoSuchKey) throw new ObjectMissing(key);
        throw error;
      }
    },

    async exists(key) {
      try {
        await s3().send(new HeadObjectCommand({ Bucket, Key: key }));
        return true;
      } catch (error) {
        if (error instanceof NotFound) return false;
        throw error;
      }
    },

    link(key, fileName) {
      const command = new GetObjectCommand({
        Bucket,
        Key: key,
        ResponseContentDisposition: `attachment; filename="${fileName}"`,
      });
      return getSignedUrl(s3(), command, { expiresIn: linkSeconds });
    },
  };
}

function until(signal: AbortSignal | undefined): [] | [{ abortSignal: AbortSignal }] {
  return signal ? [{ abortSignal: signal }] : [];
}

function* slices(parts: readonly Uint8Array[]): Generator<Buffer> {
  for (const part of parts) {
    for (let start = 0; start < part.byteLength; start += sliceBytes) {
      const length = Math.min(sliceBytes, part.byteLength - start);
      yield Buffer.from(part.buffer, part.byteOffset + start, length);
    }
  }
}

/**
 * Reads a stream of known length into one fresh buffer. Not Buffer.concat: that holds everything twice,
 * and its pooled buffers leave a float64 view unaligned, which would force another copy.
 */
async function gather(body: Readable, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    if (filled + chunk.byteLength > length)
      throw new Error(`S3 sent more than the ${length} bytes it announced`);
    bytes.set(chunk, filled);
    filled += chunk.byteLength;
  }
  if (filled !== length) throw new Error(`S3 sent ${filled} of the ${length} bytes it announced`);
  return bytes;
}
