import type { DenseArray } from "@sluice/contract/array";
import { layout, listAt, mostLists, outcomes, reading, wordAt } from "./kernels/abi.ts";
import { jsonKernel } from "./kernels/kernel.ts";

const { state, textBlock, slack } = layout;
const { text, numbers } = layout.reading;

/** An array of numbers from JSON text, and the index behind its last bracket. */
export interface ArrayRead {
  readonly array: DenseArray;
  readonly end: number;
}

/**
 * Reads the nested lists that begin at `bytes[start]`, a bracket, into float64: the very doubles of `JSON.parse`,
 * and `"NaN"`, `"Infinity"`, `"-Infinity"` as numbers.
 *
 * @returns undefined if it is not a dense array: malformed, ragged, deeper than 64, or with anything else in it
 */
export function readArray(bytes: Uint8Array, start: number): ArrayRead | undefined {
  const kernel = jsonKernel();
  clear();
  let data = new Float64Array(0);
  let count = 0;
  let at = start;
  while (true) {
    const block = bytes.subarray(at, at + textBlock);
    kernel.bytes.set(block, text);
    kernel.bytes.fill(0, text + block.length, text + block.length + slack);
    const isLast = at + block.length === bytes.length;
    const { outcome, read, end } = readBlock(block.length, isLast);
    const isDone = outcome === outcomes.done;
    // A token longer than a block is left to JSON.parse too.
    if (!isDone && (outcome !== outcomes.more || isLast || end === 0)) return undefined;
    at += end;
    if (count + read > data.length) {
      data = grown(
        data,
        count,
        isDone ? count + read : expected(count + read, at - start, bytes.length - start),
      );
    }
    data.set(kernel.doubles.subarray(numbers / 8, numbers / 8 + read), count);
    count += read;
    if (isDone) return { array: { shape: shape(), dtype: "float64", data: fitted(data, count) }, end: at };
  }
}

/** Reads what lies in the text block; answers how many numbers that gave and how many bytes it took. */
function readBlock(length: number, isLast: boolean): { outcome: number; read: number; end: number } {
  const { read, bytes, doubles, words } = jsonKernel();
  let from: number = text;
  let to: number = numbers;
  while (true) {
    to = read(from, text + length, isLast ? 1 : 0, to, state);
    const outcome = words[wordAt(reading.outcome)];
    from = words[wordAt(reading.end)];
    if (outcome !== outcomes.uncertain) return { outcome, read: (to - numbers) / 8, end: from - text };
    // More digits than the kernel holds, and too near the middle between two doubles.
    doubles[to / 8] = Number(String.fromCharCode(...bytes.subarray(words[wordAt(reading.start)], from)));
    to += 8;
  }
}

function clear(): void {
  const { words, longs } = jsonKernel();
  words.fill(0, wordAt(0), wordAt(reading.lists));
  for (let list = 0; list < mostLists; list += 1) {
    longs[listAt(reading.lists, list)] = 0n;
    longs[listAt(reading.lists, list) + 1] = -1n;
  }
}

function shape(): number[] {
  const { words, longs } = jsonKernel();
  return Array.from({ length: words[wordAt(reading.rank)] }, (_, axis) =>
    Number(longs[listAt(reading.lists, axis + 1) + 1]),
  );
}

/** Room for the numbers of the whole text, by those of its first part, and a sixteenth more. */
function expected(count: number, bytesRead: number, bytesInAll: number): number {
  return Math.ceil((count / bytesRead) * bytesInAll * (17 / 16));
}

function grown(data: Float64Array<ArrayBuffer>, count: number, length: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(length);
  larger.set(data.subarray(0, count));
  return larger;
}

/** Without the spare room, unless that is little. */
function fitted(data: Float64Array<ArrayBuffer>, count: number): Float64Array {
  return count > data.length * 0.9 ? data.subarray(0, count) : data.slice(0, count);
}
