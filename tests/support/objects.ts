import {
  headBytes,
  ObjectChanged,
  ObjectMissing,
  type ObjectStore,
  type Range,
  type Target,
} from "../../jobs/ports.ts";

/** What a store in memory does once it has found an object's bytes. */
export function handOver<To extends Target>(
  key: string,
  object: Uint8Array | undefined,
  { offset, length }: Range,
  open: (head: Uint8Array) => To,
): To {
  if (!object) throw new ObjectMissing(key);
  const bytes = object.slice(offset, offset + length);
  if (bytes.byteLength !== length)
    throw new ObjectChanged(`expected ${length} bytes of ${key}, got ${bytes.byteLength}`);
  const target = open(bytes.subarray(0, headBytes));
  target.write(bytes, 0);
  return target;
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
