import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { inParallel } from "../in-parallel.ts";
import { s3 } from "./client.ts";
import { bodyOf, type Content, sendBody } from "./object-body.ts";

interface Place {
  readonly Bucket: string;
  readonly Key: string;
}

/** A gigabyte of parts this large costs 0.0003 $ in requests. */
export const leastPart = 16 * 1024 * 1024;
/** S3's own limit. */
const mostParts = 10_000;
/** Requests of one transfer at a time: 4.2 times the bytes of one; eight brought no more. */
const lanes = 4;
const ContentType = "application/x-npy";
/** After it the bucket's lifecycle removes what was uploaded. */
const abortMilliseconds = 5_000;

/** What S3 takes in one body; of a larger object at most 10,000 of them. */
export function partSize(bytes: number): number {
  return Math.max(leastPart, Math.ceil(bytes / mostParts));
}

/**
 * Writes one object, straight from the memory of its pieces: small ones in one call, others as a multipart
 * upload. After a failure nothing is under way or left open.
 */
export async function writeObject(
  place: Place,
  pieces: readonly Uint8Array[],
  signal: AbortSignal | undefined,
): Promise<void> {
  signal?.throwIfAborted();
  const total = pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
  const size = partSize(total);
  if (total <= size) {
    const put = { ...place, ContentLength: total, ContentType };
    const send = (Body: Content) => s3().send(new PutObjectCommand({ ...put, Body }), until(signal));
    await sendBody(bodyOf(pieces, 0, total), send, signal);
    return;
  }
  // Not under the signal: ended in between, it may leave an upload open that nobody knows of.
  const { UploadId } = await s3().send(new CreateMultipartUploadCommand({ ...place, ContentType }));
  const upload = { ...place, UploadId };
  try {
    signal?.throwIfAborted();
    const etags = await sendParts(upload, pieces, { total, size }, signal);
    await complete(upload, etags, total, signal);
  } catch (error) {
    const command = new AbortMultipartUploadCommand(upload);
    await s3()
      .send(command, until(AbortSignal.timeout(abortMilliseconds)))
      .catch(() => undefined);
    throw error;
  }
}

type Upload = Place & { readonly UploadId: string | undefined };

/** ETags in the parts' order. */
async function sendParts(
  upload: Upload,
  pieces: readonly Uint8Array[],
  { total, size }: { total: number; size: number },
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const stop = new AbortController();
  const ended = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const etags: string[] = Array.from({ length: Math.ceil(total / size) });
  await inParallel(etags.keys(), lanes, stop, async (index) => {
    const ContentLength = Math.min(size, total - index * size);
    const part = { ...upload, PartNumber: index + 1, ContentLength };
    const send = (Body: Content) => s3().send(new UploadPartCommand({ ...part, Body }), until(ended));
    const { ETag } = await sendBody(bodyOf(pieces, index * size, ContentLength), send, ended);
    if (!ETag) throw new Error(`S3 took part ${index + 1} of ${upload.Key} without an ETag`);
    etags[index] = ETag;
  });
  return etags;
}

async function complete(
  upload: Upload,
  etags: readonly string[],
  total: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const Parts = etags.map((ETag, index) => ({ ETag, PartNumber: index + 1 }));
  try {
    const command = new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } });
    await s3().send(command, until(signal));
  } catch (error) {
    // When its reply was lost, the SDK's repeat finds no upload: it is the object now.
    if (!(error instanceof Error && error.name === "NoSuchUpload")) throw error;
    const { Bucket, Key } = upload;
    const { ContentLength } = await s3().send(new HeadObjectCommand({ Bucket, Key }), until(signal));
    if (ContentLength !== total) throw error;
  }
}

function until(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal ? { abortSignal: signal } : {};
}
