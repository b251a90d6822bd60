import { upperExponent } from "../../../math/exponent.ts";
import { log2 } from "../../../math/logarithm.ts";
import type { OnFraction } from "../../../model/on-fraction.ts";
import type { ParallelTask, ThreadPool, WorkerContext } from "../../threads.ts";
import { complexBytes, group } from "../kernels/abi.ts";
import { kernelsOn } from "../kernels/kernels.ts";
import type { KernelMemory } from "../memory.ts";
import { Workspace } from "../staging.ts";
import { type ResultForm, resultBytes, transformColumns } from "./columns.ts";
import {
  aligned,
  type MatrixContext,
  type MatrixKind,
  type Numbers,
  partOf,
  planeBytesFor,
  rowBytesOf,
  rowsPerBlock,
  spectrumOf,
  writeBytes,
} from "./matrix-context.ts";
import { recipeFor } from "./recipe.ts";
import { transformRows } from "./rows.ts";
import { type BlockExtents, blockExtents, type SpectrumLocation, stagedSpectrum } from "./staging.ts";

/** The spectrum of the matrix at hand: one in kernel memory, one for each thread, or one outside. */
type SpectrumKeeping =
  | { readonly common: number }
  | { readonly apart: true }
  | { readonly outside: Float64Array | Float32Array; readonly blocks: BlockExtents };

interface Args {
  readonly kind: MatrixKind;
  readonly form: ResultForm;
  readonly matrices: number;
  readonly from: Numbers;
  readonly to: Numbers;
  readonly spectrum: SpectrumKeeping;
  readonly plane: number;
  readonly rowRecipe: number;
  readonly columnRecipe: number;
  /** A word for each matrix, 1 when something in its result is not finite. */
  readonly extremes: number;
  readonly own: number;
  readonly ownBytes: number;
}

type Layout = Pick<Args, "kind" | "form" | "spectrum" | "from" | "plane">;

/** The blocks of one thread, in its own scratch. */
function prepare(work: Workspace, { kind, form, spectrum, from, plane }: Layout) {
  const lanes = work.take(8 * plane);
  const copies = from.address === undefined && !("outside" in spectrum);
  const rows = rowsPerBlock(kind);
  const input = { address: work.take(copies ? rows * rowBytesOf(kind) : 0), rows };
  const laneRoots = work.take(kind.fourStep ? laneRootsBytes(kind.columns) : 0);
  return { lanes, input, laneRoots, location: locationOf(work, kind, form, spectrum) };
}

function locationOf(
  work: Workspace,
  kind: MatrixKind,
  form: ResultForm,
  spectrum: SpectrumKeeping,
): SpectrumLocation {
  if ("outside" in spectrum)
    return stagedSpectrum(work, kind, spectrum.outside, spectrum.blocks, resultBytes(form));
  if ("common" in spectrum) return { staged: false, address: spectrum.common };
  return { staged: false, address: work.take(spectrumBytes(kind)) };
}

function spectrumBytes(kind: MatrixKind): number {
  const { columns, lineBytes } = spectrumOf(kind);
  return columns * lineBytes;
}

/** Bytes of two tables of roots, of which each entry holds a root for every line of a group. */
const laneRootsBytes = (points: number): number => {
  const fine = 2 ** Math.ceil(upperExponent(points) / 2);
  return complexBytes * group * (fine + Math.ceil(points / fine));
};

export const fftMatricesTask: ParallelTask<Args> = {
  name: "fft-matrices",
  run(args, worker) {
    const { kind, form, matrices, spectrum, own, ownBytes, plane, rowRecipe, columnRecipe } = args;
    const work = new Workspace(worker, own + worker.rank * ownBytes);
    const { lanes, input, laneRoots, location } = prepare(work, args);
    const apart = "apart" in spectrum;
    const context: MatrixContext = {
      ...{ kind, spectrum: spectrumOf(kind), work: lanes, plane, rowRecipe, columnRecipe, input, laneRoots },
      worker: apart ? alone(worker) : worker,
    };
    const extremes = new Int32Array(worker.memory.buffer, args.extremes, matrices);
    const [perInput, perResult] = [args.from, args.to].map(({ data }) => data.length / matrices);
    const transformOne = (index: number): void => {
      const report = (fraction: number) => worker.onFraction((index + fraction) / matrices);
      const from = partOf(args.from, index * perInput, (index + 1) * perInput);
      const to = partOf(args.to, index * perResult, (index + 1) * perResult);
      transformRows(context, location, from, (fraction) => report(fraction / 2));
      context.worker.barrier();
      const finite = transformColumns(context, location, form, to, (fraction) => report((1 + fraction) / 2));
      if (!finite) extremes[index] = 1;
      context.worker.barrier();
    };
    if (apart) {
      for (let index = worker.take(); index < matrices; index = worker.take()) transformOne(index);
    } else {
      for (let index = 0; index < matrices; index += 1) transformOne(index);
    }
  },
};

/** The context of a thread that transforms whole matrices by itself: its barrier waits for no other thread. */
function alone(worker: WorkerContext): WorkerContext {
  let taken = 0;
  return {
    ...worker,
    size: 1,
    barrier() {
      taken = 0;
    },
    take() {
      taken += 1;
      return taken - 1;
    },
  };
}

/** Nanoseconds of one matrix: a twelfth of the usual count of flops. */
export function nanoseconds({ rows, columns }: MatrixKind): number {
  return (5 * rows * columns * log2(rows * columns + 1)) / 12;
}

/**
 * Matrices of one kind, transformed in two passes: rows into a spectrum, columns of that into the result. How many
 * threads do it and where the numbers lie changes no bit.
 * @returns numbers of the matrices whose result is not finite
 * @throws RangeError when kernel memory has no room for the work on eight lines
 */
export function transformMatrices(
  kind: MatrixKind,
  form: ResultForm,
  matrices: number,
  [from, to]: readonly [Numbers, Numbers],
  memory: KernelMemory,
  pool: ThreadPool,
  onFraction: OnFraction,
): number[] {
  const kernels = kernelsOn(memory.memory);
  const [rowsBy, columnsBy] = [kind.columns, kind.rows].map((length) => recipeFor(length, memory, kernels));
  const each = nanoseconds(kind);
  const workers = pool.forWork(each * matrices);
  // Where one matrix is too little work for two threads, each thread transforms whole matrices.
  const apart = workers.size > 1 && matrices > 1 && pool.forWork(each).size === 1;
  const plane = planeBytesFor(Math.max(rowsBy.padded, columnsBy.padded));
  const tables = aligned(rowsBy.bytes.length) + aligned(columnsBy.bytes.length);
  const scratch = scratchFor(
    { kind, form, from, to, plane },
    apart,
    tables + aligned(4 * matrices),
    memory,
    workers,
  );
  const rowRecipe = scratch.address + aligned(4 * matrices);
  const columnRecipe = rowRecipe + aligned(rowsBy.bytes.length);
  writeBytes(rowsBy.bytes, memory, rowRecipe);
  writeBytes(columnsBy.bytes, memory, columnRecipe);
  const extremes = new Int32Array(memory.memory.buffer, scratch.address, matrices).fill(0);
  const { spectrum, own, ownBytes } = scratch;
  const args = {
    ...{ kind, form, matrices, from, to, spectrum, plane, rowRecipe, columnRecipe },
    ...{ extremes: scratch.address, own, ownBytes },
  };
  workers.run(fftMatricesTask, args, onFraction);
  const found = Array.from(extremes.keys()).filter((index) => extremes[index] === 1);
  memory.freeScratch(scratch.address);
  scratch.outside?.();
  return found;
}

interface Scratch {
  readonly address: number;
  readonly spectrum: SpectrumKeeping;
  readonly own: number;
  readonly ownBytes: number;
  /** Gives back what lies outside. */
  outside?(): void;
}

/** Kernel memory for the tables, the spectrum and the scratch of each thread, in this order; or for blocks of them. */
function scratchFor(
  layout: Omit<Layout, "spectrum"> & { readonly to: Numbers },
  apart: boolean,
  tables: number,
  memory: KernelMemory,
  { size }: ThreadPool,
): Scratch {
  const context = { memory: memory.memory, kernels: kernelsOn(memory.memory) };
  const { kind } = layout;
  const ownBytesOf = (spectrum: SpectrumKeeping): number =>
    Workspace.bytes(context, (work) => prepare(work, { ...layout, spectrum }));
  if (layout.to.address !== undefined) {
    const common = apart ? 0 : aligned(spectrumBytes(kind));
    const ownBytes = ownBytesOf(apart ? { apart } : { common });
    const address = tryScratch(memory, tables + common + size * ownBytes);
    if (address !== undefined) {
      const own = address + tables + common;
      return { address, spectrum: apart ? { apart } : { common: address + tables }, own, ownBytes };
    }
  }
  const outside = memory.outside({ shape: [spectrumBytes(kind) / 8], dtype: "float64" });
  for (const blocks of blockExtents(kind)) {
    const spectrum = { outside: outside.data, blocks };
    const ownBytes = ownBytesOf(spectrum);
    const address = tryScratch(memory, tables + size * ownBytes);
    if (address === undefined) continue;
    return { address, spectrum, own: address + tables, ownBytes, outside: () => memory.release(outside) };
  }
  memory.release(outside);
  throw new RangeError("Array buffer allocation failed");
}

function tryScratch(memory: KernelMemory, bytes: number): number | undefined {
  try {
    return memory.scratch(bytes);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
