import type { Destination } from "./gemm.ts";
import { copyIn, copyOut, type Rows, viewOf, type Workspace } from "./staging.ts";

/** Real rows that take a product: in place when they lie in kernel memory, else by way of a block. */
export function realDestination(work: Workspace, target: Rows, most: number, single = false): Destination {
  const { address: base, offset, stride } = target;
  const bytes = single ? 4 : 8;
  if (base !== undefined) {
    return {
      open: (row, _rows, column, _columns, first) => ({
        planes: [{ address: base + (offset + row * stride + column) * bytes, stride }],
        add: !first,
      }),
      close() {},
    };
  }
  const address = work.take(most * bytes);
  const block = (rows: number, columns: number) => viewOf(work.memory, address, rows * columns, single);
  return {
    open(row, rows, column, columns, first) {
      if (!first) copyIn(target, [row, rows], [column, columns], block(rows, columns));
      return { planes: [{ address, stride: columns }], add: !first };
    },
    close: (row, rows, column, columns) =>
      copyOut(target, [row, rows], [column, columns], block(rows, columns)),
  };
}

/** Interleaved complex rows that take a product's real and imaginary plane. */
export function complexDestination(work: Workspace, target: Rows, most: number): Destination {
  const [re, im] = [work.take(most * 8), work.take(most * 8)];
  const interleaved = realDestination(work, target, 2 * most);
  return {
    open: (_row, _rows, _column, columns) => ({
      planes: [
        { address: re, stride: columns },
        { address: im, stride: columns },
      ],
      add: false,
    }),
    close(row, rows, column, columns, first) {
      const { planes, add } = interleaved.open(row, rows, 2 * column, 2 * columns, first);
      const [to] = planes;
      work.kernels.gemm.putPlanes(re, im, rows, columns, add ? 1 : 0, to.address, to.stride);
      interleaved.close(row, rows, 2 * column, 2 * columns, first);
    },
  };
}
