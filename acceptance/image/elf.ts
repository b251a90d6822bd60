import { closeSync, openSync, readSync } from "node:fs";

/** What a program or library of Linux, of 64 bits, says of itself. */
export interface Elf {
  readonly cpu: string;
  /** The libraries it is loaded with, by name. */
  readonly needed: readonly string[];
}

// Names and numbers are elf.h's.
const machines: Readonly<Record<number, string>> = { 62: "amd64", 183: "arm64" };
const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const DT_NEEDED = 1;
const DT_STRTAB = 5;
const DT_STRSZ = 10;

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

/** Undefined for any other file. */
export function readElf(file: string): Elf | undefined {
  const descriptor = openSync(file, "r");
  const at = (offset: number, length: number): Buffer => {
    const buffer = Buffer.alloc(length);
    return buffer.subarray(0, readSync(descriptor, buffer, 0, length, offset));
  };
  try {
    const header = at(0, 64);
    if (header.length < 64 || header.toString("latin1", 0, 4) !== "\x7fELF") return undefined;
    const machine = header.readUInt16LE(18);
    return { cpu: machines[machine] ?? `machine ${machine}`, needed: neededBy(segmentsOf(header, at), at) };
  } finally {
    closeSync(descriptor);
  }
}

type Read = (offset: number, length: number) => Buffer;

const word = (buffer: Buffer, offset: number): number => Number(buffer.readBigUInt64LE(offset));

function segmentsOf(header: Buffer, at: Read): Segment[] {
  const [entryBytes, count] = [header.readUInt16LE(54), header.readUInt16LE(56)];
  const table = at(word(header, 32), entryBytes * count);
  return Array.from({ length: count }, (_, index) => {
    const entry = table.subarray(index * entryBytes);
    return {
      type: entry.readUInt32LE(0),
      offset: word(entry, 8),
      address: word(entry, 16),
      size: word(entry, 32),
    };
  });
}

function neededBy(segments: readonly Segment[], at: Read): string[] {
  const dynamic = segments.find(({ type }) => type === PT_DYNAMIC);
  if (!dynamic) return []; // linked statically
  const table = at(dynamic.offset, dynamic.size);
  const entries = Array.from({ length: table.length / 16 }, (_, index) => ({
    tag: word(table, index * 16),
    value: word(table, index * 16 + 8),
  }));
  const tagged = (wanted: number): number => entries.find(({ tag }) => tag === wanted)?.value ?? 0;
  const address = tagged(DT_STRTAB);
  const loaded = segments.find(
    (one) => one.type === PT_LOAD && one.address <= address && address < one.address + one.size,
  );
  if (!loaded) throw new Error("expected the names of the libraries in a loaded segment");
  const names = at(address - loaded.address + loaded.offset, tagged(DT_STRSZ));
  return entries
    .filter(({ tag }) => tag === DT_NEEDED)
    .map(({ value }) => names.toString("latin1", value, names.indexOf(0, value)));
}
