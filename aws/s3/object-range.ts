import { addAbortSignal, type Readable } from "node:stream";
import { GetObjectCommand, NoSuchKey, S3ServiceException } from "@aws-sdk/client-s3";
import { ObjectChanged, ObjectMissing, type Range } from "../../jobs/ports.ts";
import { s3 } from "./client.ts";

/** One version of an object: the pinned one, else the one that answers first. */
export interface Version {
  readonly Bucket: string;
  readonly Key: string;
  etag?: string | undefined;
}

/** Streams per range. The SDK tries each request four times by itself, but not a body that breaks. */
const streams = 4;

/**
 * The bytes of a range, exactly, in order. Where a stream breaks the next one goes on.
 *
 * @throws ObjectMissing, ObjectChanged; the signal's reason once it is aborted
 */
export async function* bytesOf(
  version: Version,
  { offset, length }: Range,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  let received = 0;
  for (let stream = 1; received < length; stream++) {
    const body = await answer(version, { offset: offset + received, length: length - received }, signal);
    // The catch is for the stream's errors alone: those of who takes the bytes end this generator.
    try {
      for await (const bytes of body as AsyncIterable<Uint8Array>) {
        received += bytes.byteLength;
        yield bytes;
      }
      if (received < length) throw new Error(`S3 sent ${received} of the ${length} bytes it announced`);
    } catch (error) {
      // The SDK and the stream each have an AbortError of their own: the caller knows only its reason.
      signal.throwIfAborted();
      if (stream === streams) throw error;
    }
  }
}

/** One GET of one range; Node's parser holds the body to the length that it announced. */
async function answer(version: Version, { offset, length }: Range, signal: AbortSignal): Promise<Readable> {
  const { Bucket, Key, etag } = version;
  const last = offset + length - 1;
  const command = new GetObjectCommand({ Bucket, Key, Range: `bytes=${offset}-${last}`, IfMatch: etag });
  const { Body, ETag, ContentLength } = await s3()
    .send(command, { abortSignal: signal })
    .catch((error: unknown) => {
      signal.throwIfAborted();
      throw asOurs(error, version);
    });
  if (!Body || !ETag) throw new Error(`S3 answered ${Key} without a body or an ETag`);
  const body = Body as Readable;
  // The SDK's own hold on the signal ends with the answer's head.
  addAbortSignal(signal, body);
  version.etag ??= ETag;
  // An S3 of other make may not know If-Match.
  const changed = version.etag !== ETag || ContentLength !== length;
  if (!changed) return body;
  body.destroy();
  throw version.etag === ETag
    ? new ObjectChanged(`expected ${length} bytes from ${offset} on of ${Key}, got ${ContentLength}`)
    : new ObjectChanged(`expected ${Key} with ETag ${version.etag}, got ${ETag}`);
}

function asOurs(error: unknown, { Key, etag }: Version): unknown {
  if (error instanceof NoSuchKey) return new ObjectMissing(Key);
  if (!(error instanceof S3ServiceException)) return error;
  const { httpStatusCode: status } = error.$metadata;
  if (status === 412) return new ObjectChanged(`expected ${Key} with ETag ${etag}, got another`);
  if (status === 416) return new ObjectChanged(`${Key} is shorter than expected`);
  return error;
}
