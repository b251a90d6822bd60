import type { FloatingArray } from "@sluice/contract/array";
import type { OnFraction } from "../../../model/on-fraction.ts";
import type { PlanStep } from "../../../model/steps.ts";
import { type Area, load, loadAdjoint, type Planes, store } from "../../factorizations/planes.ts";
import type { ThreadPool } from "../../threads.ts";
import { gemmScratchBytes } from "../gemm.ts";
import type { Kernels } from "../kernels/kernels.ts";
import type { KernelMemory } from "../memory.ts";
import type { Rows } from "../staging.ts";

/** What a factorization works with: memory, kernels, threads, and the report of its progress. */
export interface ExecutionContext {
  readonly memory: KernelMemory;
  readonly kernels: Kernels;
  readonly pool: ThreadPool;
  readonly onFraction: OnFraction;
}

/** Planes in kernel memory, one behind the other: the compact copy of a block, whatever array it came from. */
export interface Panel extends Planes {
  readonly address: number;
}

/** Numbers of one plane; a spare plane follows those of a complex panel. */
const planeLength = (rows: number, columns: number): number =>
  Math.max(8, Math.ceil((rows * columns) / 8) * 8);

export const panelBytes = (rows: number, columns: number, complex: boolean): number =>
  8 * planeLength(rows, columns) * (complex ? 3 : 1);

/** The widest panel there is, for small matrices. */
const mostColumns = 128;

/**
 * At most: the panels of a step, three planes each where complex, and what their products take. A matrix narrower
 * than a panel is one.
 */
export function panelScratchBytes(step: Pick<PlanStep, "bytes" | "size">): number {
  return Math.ceil(4 * step.bytes * Math.min(1, mostColumns / step.size)) + gemmScratchBytes(step);
}

/**
 * @throws RangeError where kernel memory has no room for it
 */
export function newPanel(
  { memory }: ExecutionContext,
  rows: number,
  columns: number,
  complex: boolean,
): Panel {
  const address = memory.scratch(panelBytes(rows, columns, complex));
  const plane = (index: number) =>
    new Float64Array(
      memory.memory.buffer,
      address + 8 * index * planeLength(rows, columns),
      planeLength(rows, columns),
    );
  return {
    address,
    re: plane(0),
    im: complex ? plane(1) : undefined,
    rows,
    columns,
    stride: columns,
  };
}

export const freePanel = ({ memory }: ExecutionContext, { address }: Panel): void =>
  memory.freeScratch(address);

/** Byte address of an area's first number where kernels can copy it: real, in kernel memory. */
function addressOf(
  { memory }: ExecutionContext,
  { data, shape, dtype }: FloatingArray,
  { row, column }: Area,
) {
  const base = dtype === "float64" ? memory.addressOf(data) : undefined;
  return base === undefined ? undefined : base + 8 * (row * shape[1] + column);
}

/** An area of an array in a new panel. */
export function loadPanel(context: ExecutionContext, from: FloatingArray, area: Area): Panel {
  const { rows, columns } = area;
  const panel = newPanel(context, rows, columns, from.dtype === "complex128");
  const address = addressOf(context, from, area);
  const { copyRows } = context.kernels.linearAlgebra;
  if (address === undefined) load(from, area, panel);
  else copyRows(address, from.shape[1], rows, columns, panel.address, panel.stride);
  return panel;
}

/** The conjugate transpose of an area, whose rows and columns are those of the panel. */
export function loadAdjointPanel(context: ExecutionContext, from: FloatingArray, area: Area): Panel {
  const { row, column, rows, columns } = area;
  const panel = newPanel(context, rows, columns, from.dtype === "complex128");
  const { transpose } = context.kernels.linearAlgebra;
  const source: Area = { row: column, column: row, rows: columns, columns: rows };
  const address = addressOf(context, from, source);
  if (address !== undefined) {
    transpose(address, from.shape[1], columns, rows, 1, panel.address, panel.stride);
  } else if (panel.im) {
    loadAdjoint(from, area, panel);
  } else {
    // Copying rows and turning them here is three times as fast as turning them on the way.
    const copy = loadPanel(context, from, source);
    transpose(copy.address, copy.stride, columns, rows, 1, panel.address, panel.stride);
    freePanel(context, copy);
  }
  return panel;
}

export function storePanel(context: ExecutionContext, panel: Panel, to: FloatingArray, area: Area): void {
  const address = addressOf(context, to, area);
  const { copyRows } = context.kernels.linearAlgebra;
  if (address === undefined) store(panel, to, area);
  else copyRows(panel.address, panel.stride, area.rows, area.columns, address, to.shape[1]);
}

/** The conjugate transpose of a panel, in a new one. */
export function adjointOf(context: ExecutionContext, panel: Panel): Panel {
  const { rows, columns, stride, re, im } = panel;
  const adjoint = newPanel(context, columns, rows, im !== undefined);
  const { transpose } = context.kernels.linearAlgebra;
  transpose(re.byteOffset, stride, rows, columns, 1, adjoint.re.byteOffset, rows);
  if (im && adjoint.im) transpose(im.byteOffset, stride, rows, columns, -1, adjoint.im.byteOffset, rows);
  return adjoint;
}

const rowsAt = (data: Float64Array, stride: number): Rows => ({
  data,
  address: data.byteOffset,
  offset: 0,
  stride,
});

/** One real matrix of a product: rows, or one plane of interleaved complex rows. */
export interface Part {
  readonly rows: Rows;
  readonly part: 0 | 1 | undefined;
}

/** A panel as a right factor or a target. */
export function partsOf(panel: Panel): Part[] {
  const planes = panel.im ? [panel.re, panel.im] : [panel.re];
  return planes.map((plane) => ({ rows: rowsAt(plane, panel.stride), part: undefined }));
}

/** The part of an array from a row and a column on, as a right factor or a target. */
export function partsFrom(
  { memory }: ExecutionContext,
  { data, shape, dtype }: FloatingArray,
  row: number,
  column: number,
): Part[] {
  const stride = shape[1] * (dtype === "complex128" ? 2 : 1);
  const address = memory.addressOf(data);
  if (dtype !== "complex128") {
    return [{ rows: { data, address, offset: row * stride + column, stride }, part: undefined }];
  }
  const rows = { data, address, offset: row * stride + 2 * column, stride };
  return [
    { rows, part: 0 },
    { rows, part: 1 },
  ];
}

/**
 * A panel from a row on as a left factor, times a sign: [re], or [re, im, -im], which is what complex products
 * take. The panel holds it afterwards in place of itself.
 */
export function lefts({ kernels }: ExecutionContext, panel: Panel, row: number, sign: 1 | -1): Rows[] {
  const { re, im, stride, rows } = panel;
  const from = row * stride;
  const count = (rows - row) * stride;
  const left = re.subarray(from);
  if (sign === -1) kernels.misc.scale64(left.byteOffset, count, -1);
  if (!im) return [rowsAt(left, stride)];
  const spare = new Float64Array(re.buffer, im.byteOffset + im.byteLength, im.length).subarray(from);
  const imaginary = im.subarray(from);
  spare.set(imaginary.subarray(0, count));
  kernels.misc.scale64((sign === -1 ? imaginary : spare).byteOffset, count, -1);
  return [rowsAt(left, stride), rowsAt(imaginary, stride), rowsAt(spare, stride)];
}
