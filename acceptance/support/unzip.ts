import { inflateRawSync } from "node:zlib";

/** The files of a zip, found by its central directory as readers do; nothing is checked but that. */
export function unzip(zip: Buffer): Map<string, { readonly bytes: Buffer; readonly crc: number }> {
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  const files = new Map<string, { bytes: Buffer; crc: number }>();
  let at = zip.readUInt32LE(end + 16);
  for (let file = 0; file < zip.readUInt16LE(end + 10); file++) {
    const [crc, size] = [zip.readUInt32LE(at + 16), zip.readUInt32LE(at + 20)];
    const deflated = zip.readUInt16LE(at + 10) === 8;
    const nameLength = zip.readUInt16LE(at + 28);
    const name = zip.toString("utf8", at + 46, at + 46 + nameLength);
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const stored = zip.subarray(start, start + size);
    files.set(name, { bytes: deflated ? inflateRawSync(stored) : stored, crc });
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return files;
}
