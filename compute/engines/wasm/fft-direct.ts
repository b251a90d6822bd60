import type { DenseArray } from "@sluice/contract/array";
import { linesAlong } from "../array-lines.ts";
import type { OnFraction } from "../engine.ts";
import { rootsOfUnity } from "../reference/roots-of-unity.ts";
import { BlockedArray, cutIntoBlocks } from "./fft-line-blocks.ts";
import type { LineTransform } from "./fft-line-transform.ts";
import { recipeFor } from "./fft-recipe.ts";
import { aligned, placeBytes, planeBytesFor } from "./fft-workplace.ts";
import type { Kernels } from "./kernels.ts";
import type { KernelMemory } from "./memory.ts";

/** Lines so short that four of them, side by side, are transformed within a cache: all lines of `a` into `result`. */
export function transformDirectly(
  a: DenseArray,
  result: DenseArray,
  axis: number,
  transform: LineTransform,
  memory: KernelMemory,
  kernels: Kernels,
  onFraction: OnFraction,
): void {
  const from = linesAlong(a.shape, axis);
  const cut = cutIntoBlocks(from, Math.max(from.points, transform.written));
  const recipe = recipeFor(transform.inner, memory, kernels);
  const table = halfTurnTable(transform.table);
  const plane = planeBytesFor(recipe.padded);
  const buffers = [a, result].map((array) => {
    const perElement = array.data.BYTES_PER_ELEMENT * (array.dtype === "complex128" ? 2 : 1);
    const { points } = linesAlong(array.shape, axis);
    return memory.addressOf(array.data) === undefined ? cut.elements(points) * perElement : 0;
  });
  const sizes = [4 * plane, recipe.bytes.length, table.byteLength, ...buffers];
  const work = memory.scratch(sizes.reduce((sum, size) => sum + aligned(size), 0));
  const [recipeAt, tableAt, aAt, resultAt] = startsOf(work, sizes);
  placeBytes(recipe.bytes, memory, recipeAt);
  new Float64Array(memory.memory.buffer, tableAt, table.length).set(table);

  const [source, target] = [
    new BlockedArray(a, axis, memory, aAt),
    new BlockedArray(result, axis, memory, resultAt),
  ];
  const given = Math.min(from.points, transform.read);
  for (let index = 0; index < cut.count; index += 1) {
    const block = cut.block(index);
    source.load(block);
    const [i, o] = [source.place(block), target.place(block)];
    const [places, extents] = [
      [i.address, i.step, i.next, i.slab, o.address, o.step, o.next, o.slab],
      [block.columns, block.slabs * block.columns, given, transform.length],
    ];
    const kernel = kernels.fft[transform.kernel];
    kernel(...places, ...extents, work, plane, recipeAt, ...transform.options(tableAt));
    target.store(block);
    onFraction((index + 1) / cut.count);
  }
  memory.freeScratch(work);
}

/** Addresses of pieces one after another. */
function startsOf(first: number, sizes: readonly number[]): number[] {
  let next = first;
  return sizes.slice(0, -1).map((size) => {
    next += aligned(size);
    return next;
  });
}

const tables = new Map<number, Float64Array>();
const mostTables = 16;

/** exp(-2πik/length) for k = 0 … length/4, interleaved, for transforms of `length` real numbers; none for length 0. */
function halfTurnTable(length: number): Float64Array {
  const known = tables.get(length);
  if (known) return known;
  const { cos, sin } = rootsOfUnity(length);
  const table = new Float64Array(length === 0 ? 0 : 2 * (Math.floor(length / 4) + 1));
  for (let k = 0; 2 * k < table.length; k += 1) {
    table[2 * k] = cos[k];
    table[2 * k + 1] = sin[k];
  }
  const oldest = tables.keys().next();
  if (tables.size >= mostTables && !oldest.done) tables.delete(oldest.value);
  tables.set(length, table);
  return table;
}
