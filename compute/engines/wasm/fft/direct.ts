import type { FloatingArray } from "@sluice/contract/array";
import { log2 } from "../../../math/logarithm.ts";
import { rootsOfUnity } from "../../../math/roots-of-unity.ts";
import type { OnFraction } from "../../../model/on-fraction.ts";
import type { ParallelTask, ThreadPool } from "../../threads.ts";
import { type Kernels, kernelsOn } from "../kernels/kernels.ts";
import type { KernelMemory } from "../memory.ts";
import { Workspace } from "../staging.ts";
import { BlockedArray, bufferBytes, cutIntoBlocks, type LineArray, lineArray } from "./line-blocks.ts";
import type { LineTransform } from "./line-transform.ts";
import { aligned, planeBytesFor, writeBytes } from "./matrix-context.ts";
import { recipeFor } from "./recipe.ts";

interface Args {
  readonly a: LineArray;
  readonly result: LineArray;
  readonly transform: LineTransform;
  /** Bytes of a plane of four lanes. */
  readonly plane: number;
  readonly recipe: number;
  readonly table: number;
  /** The scratch of the threads, one after the other. */
  readonly own: number;
  readonly ownBytes: number;
}

const cutOf = ({ a, result }: Pick<Args, "a" | "result">) =>
  cutIntoBlocks(a, Math.max(a.points, result.points));

/** The blocks of one thread, in its own scratch. */
function prepare(work: Workspace, { a, result, plane }: Pick<Args, "a" | "result" | "plane">) {
  const { lines } = cutOf({ a, result });
  return {
    lanes: work.take(4 * plane),
    source: new BlockedArray(a, work.memory, work.take(bufferBytes(a, lines))),
    target: new BlockedArray(result, work.memory, work.take(bufferBytes(result, lines))),
  };
}

/** The kernel of a transform, with what all three kernels take: addresses, steps, extents and tables. */
function transformLines(
  kernels: Kernels["fft"],
  { kernel, inverse, single, full }: LineTransform,
  ...common: Parameters<Kernels["fft"]["hermitianLines"]>
): void {
  if (kernel === "complexLines") kernels.complexLines(...common, Number(inverse));
  else if (kernel === "realLines") {
    kernels.realLines(...common, Number(single), Number(full), Number(inverse));
  } else kernels.hermitianLines(...common);
}

export const fftLinesTask: ParallelTask<Args> = {
  name: "fft-lines",
  run(args, worker) {
    const { a, transform, plane, recipe, table, own, ownBytes } = args;
    const work = new Workspace(worker, own + worker.rank * ownBytes);
    const { lanes, source, target } = prepare(work, args);
    const cut = cutOf(args);
    const given = Math.min(a.points, transform.read);
    for (let index = worker.take(); index < cut.count; index = worker.take()) {
      const block = cut.block(index);
      source.load(block);
      const [from, to] = [source.position(block), target.position(block)];
      transformLines(
        worker.kernels.fft,
        transform,
        ...[from.address, from.step, from.next, from.slab],
        ...[to.address, to.step, to.next, to.slab],
        ...[block.columns, block.slabs * block.columns, given, transform.length],
        ...[lanes, plane, recipe, table],
      );
      target.store(block);
      worker.onFraction((index + 1) / cut.count);
    }
  },
};

/** Nanoseconds of transforms of four lines at a time: a twelfth of the usual count of flops. */
const nanoseconds = (length: number, lines: number): number => (5 * length * log2(length + 1) * lines) / 12;

/** Lines so short that four of them, side by side, are transformed within a cache: all lines of `a` into `result`. */
export function transformDirectly(
  a: FloatingArray,
  result: FloatingArray,
  axis: number,
  transform: LineTransform,
  memory: KernelMemory,
  pool: ThreadPool,
  onFraction: OnFraction,
): void {
  const context = { memory: memory.memory, kernels: kernelsOn(memory.memory) };
  const recipe = recipeFor(transform.inner, memory, context.kernels);
  const table = halfTurnTable(transform.table);
  const { lines, inner } = lineArray(result, axis, memory);
  const workers = pool.forWork(nanoseconds(recipe.padded, lines));
  const common = inner > 1 && fitsInPlace(a, result, memory) ? copied(a, result) : memory.common(a, workers);
  const arrays = {
    a: lineArray(common, axis, memory),
    result: lineArray(result, axis, memory),
    plane: planeBytesFor(recipe.padded),
  };
  const ownBytes = Workspace.bytes(context, (work) => prepare(work, arrays));
  const tablesBytes = aligned(recipe.bytes.length) + aligned(table.byteLength);
  const recipeAt = memory.scratch(tablesBytes + workers.size * ownBytes);
  const tableAt = recipeAt + aligned(recipe.bytes.length);
  writeBytes(recipe.bytes, memory, recipeAt);
  new Float64Array(memory.memory.buffer, tableAt, table.length).set(table);
  const own = recipeAt + tablesBytes;
  workers.run(
    fftLinesTask,
    { ...arrays, transform, recipe: recipeAt, table: tableAt, own, ownBytes },
    onFraction,
  );
  memory.freeScratch(recipeAt);
  if (common !== a && common !== result) memory.release(common);
}

/** Columns outside kernel memory are copied in all at once, to where their transforms go, rather than point by point. */
const fitsInPlace = (a: FloatingArray, result: FloatingArray, memory: KernelMemory): boolean =>
  a.dtype === result.dtype &&
  a.data.length === result.data.length &&
  memory.addressOf(a.data) === undefined &&
  memory.addressOf(result.data) !== undefined;

function copied(a: FloatingArray, result: FloatingArray): FloatingArray {
  result.data.set(a.data);
  return result;
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
