import { crc32 } from "node:zlib";

/**
 * A zip of files that are stored as they are, as `numpy.savez` makes one: `numpy.load` opens it as an `.npz`.
 * Written by hand, as storing takes only the headers below: ADR 18. Source: PKWARE's APPNOTE 6.3, §4.3.
 */

interface StoredFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const localHeader = 0x04034b50;
const centralHeader = 0x02014b50;
const endOfCentralDirectory = 0x06054b50;
/** 2.0, the first that every reader knows. */
const version = 20;
/** Names are UTF-8. */
const flags = 0x0800;
/** 1 January 1980, zip's first day: the same arrays give the same bytes. */
const day = 0x21;

/** For less than 4 GiB and 65,536 files, as a result's is. */
export function zipOf(files: readonly StoredFile[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const { name, bytes } of files) {
    const title = Buffer.from(name);
    // Version, flags, method (0: stored), time, day, checksum, both sizes, lengths of name and extra field.
    const about = fields([2, version], [2, flags], [2, 0], [2, 0], [2, day], [4, crc32(bytes)]);
    const sizes = fields([4, bytes.byteLength], [4, bytes.byteLength], [2, title.byteLength], [2, 0]);
    parts.push(fields([4, localHeader]), about, sizes, title, bytes);
    // Comment, disk, internal and external attributes: none.
    const place = fields([2, 0], [2, 0], [2, 0], [4, 0], [4, offset]);
    directory.push(fields([4, centralHeader], [2, version]), about, sizes, place, title);
    offset += 4 + about.byteLength + sizes.byteLength + title.byteLength + bytes.byteLength;
  }
  const bytes = directory.reduce((sum, part) => sum + part.byteLength, 0);
  const end = fields(
    ...([
      [4, endOfCentralDirectory],
      [2, 0],
      [2, 0],
      [2, files.length],
      [2, files.length],
    ] as const),
    ...([
      [4, bytes],
      [4, offset],
      [2, 0],
    ] as const),
  );
  return Buffer.concat([...parts, ...directory, end]);
}

/** Numbers of 2 or 4 bytes, little-endian, one after the other. */
function fields(...numbers: readonly (readonly [2 | 4, number])[]): Buffer {
  const bytes = Buffer.alloc(numbers.reduce((sum, [width]) => sum + width, 0));
  let at = 0;
  for (const [width, number] of numbers) at = bytes.writeUIntLE(number, at, width);
  return bytes;
}
