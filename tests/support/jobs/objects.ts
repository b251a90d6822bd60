import { createHash } from "node:crypto";
import {
  headBytes,
  ObjectChanged,
  ObjectMissing,
  type ObjectStore,
  type Range,
  type Target,
  type Uploads,
} from "../../../jobs/ports.ts";

/** What a store in memory does once it has found an object's bytes. */
export function handOver<To extends Target>(
  key: string,
  object: Uint8Array | undefined,
  { offset, length }: Range,
  open: (head: Uint8Array) => To,
  { etag, signal }: Parameters<ObjectStore["get"]>[3] = {},
): To {
  signal?.throwIfAborted();
  if (!object) throw new ObjectMissing(key);
  if (etag !== undefined && etag !== etagOf(object))
    throw new ObjectChanged(`expected ${key} with ETag ${etag}`);
  const bytes = object.slice(offset, offset + length);
  if (bytes.byteLength !== length)
    throw new ObjectChanged(`expected ${length} bytes of ${key}, got ${bytes.byteLength}`);
  const target = open(bytes.subarray(0, headBytes));
  signal?.throwIfAborted();
  target.write(bytes, 0);
  return target;
}

/** Uploads over the same memory. An ETag changes with the bytes, as S3's does. */
export function memoryUploads(object: (key: string) => Uint8Array | undefined): Uploads {
  return {
    link: async (key, bytes, seconds) => ({
      url: `https://bucket.test/${key}?expires=${seconds}`,
      headers: { "content-length": String(bytes) },
    }),
    async look(key) {
      const bytes = object(key);
      if (!bytes) throw new ObjectMissing(key);
      return { head: bytes.slice(0, headBytes), bytes: bytes.byteLength, etag: etagOf(bytes) };
    },
  };
}

export function etagOf(bytes: Uint8Array): string {
  return `"${createHash("md5").update(bytes).digest("hex")}"`;
}

/** A target that keeps what it is given as it is. */
export function bytesTarget(length: number) {
  const bytes = new Uint8Array(length);
  return {
    bytes,
    write(piece: Uint8Array, at: number) {
      bytes.set(piece, at);
    },
  };
}

/** The bytes of a range. */
export async function readBytes(
  objects: Pick<ObjectStore, "get">,
  key: string,
  range: Range,
  options?: Parameters<ObjectStore["get"]>[3],
): Promise<Uint8Array> {
  const { bytes } = await objects.get(key, range, () => bytesTarget(range.length), options);
  return bytes;
}
