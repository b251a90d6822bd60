import { complexDestination } from "../../engines/wasm/destination.ts";
import { kernelsOn } from "../../engines/wasm/kernels/kernels.ts";
import type { KernelMemory } from "../../engines/wasm/memory.ts";
import { type Block, type Operand, type Rows, viewOf, Workspace } from "../../engines/wasm/staging.ts";
import type { Source, Target, Tile } from "./product.ts";

/** A matrix where it is, in kernel memory or not; `width` numbers make an element. */
export function direct({ data, offset, stride }: Rows, width: 1 | 2 = 1): Source {
  return {
    tile: (row, _rows, column) => ({
      data: data.subarray(offset + row * stride + column * width),
      stride: stride / width,
    }),
  };
}

function tileOf(work: Workspace, { address, stride }: Block, rows: number, columns: number): Tile {
  return { data: viewOf(work.memory, address, (rows - 1) * stride + columns, false), stride };
}

/** What WASM kernels put into kernel memory. */
export function staged(work: Workspace, operand: Operand): Source {
  return {
    tile: (row, rows, column, columns) =>
      tileOf(work, operand.stage(row, rows, column, columns), rows, columns),
  };
}

/** Takes a product where it is. */
export function inPlace(rows: Rows, width: 1 | 2 = 1): Target {
  const source = direct(rows, width);
  return {
    open: (row, count, column, columns, first) => ({
      planes: [source.tile(row, count, column, columns)],
      add: !first,
    }),
    close() {},
  };
}

/** Interleaved complex rows that take a product's real and imaginary plane. */
export function fromPlanes(work: Workspace, rows: Rows, most: number): Target {
  const destination = complexDestination(work, rows, most);
  return {
    open(row, count, column, columns, first) {
      const { planes, add } = destination.open(row, count, column, columns, first);
      return { planes: planes.map((plane) => tileOf(work, plane, count, columns)), add };
    },
    close: destination.close,
  };
}

/** Does something with operands that `prepare` gives the scratch they take, which it must do each time alike. */
export function inScratch<Prepared>(
  memory: KernelMemory,
  prepare: (work: Workspace) => Prepared,
  use: (prepared: Prepared) => void,
): void {
  const context = { memory: memory.memory, kernels: kernelsOn(memory.memory) };
  const address = memory.scratch(Workspace.bytes(context, prepare));
  try {
    use(prepare(new Workspace(context, address)));
  } finally {
    memory.freeScratch(address);
  }
}
