import type { DenseArray, Dtype } from "@sluice/contract/array";
import { soloCrew } from "../../engines/wasm/crew.ts";
import type { KernelMemory } from "../../engines/wasm/memory.ts";
import { foldedMatmul } from "./fold.ts";
import { matmul } from "./matmul.ts";
import type { OpenBlas } from "./openblas.ts";

const extent = 5;

/** A diagonal of `value`: everything else of a product with it is exactly zero. */
function diagonal(value: number, dtype: Dtype): DenseArray {
  const width = dtype === "complex128" ? 2 : 1;
  const length = extent * extent * width;
  const data = dtype === "float32" ? new Float32Array(length) : new Float64Array(length);
  for (let index = 0; index < extent; index += 1) data[index * (extent + 1) * width] = value;
  return { shape: [extent, extent], dtype, data };
}

function expectEqual(what: string, got: DenseArray, expected: DenseArray): void {
  const at = expected.data.findIndex((value, index) => got.data[index] !== value);
  if (at === -1) return;
  throw new Error(`self-test of ${what}: expected ${expected.data[at]} at ${at}, got ${got.data[at]}`);
}

/** Kernel memory is not zeroed where all of it is written: what is there must not be read. */
function testDirtyResult(blas: OpenBlas, memory: KernelMemory, dtype: Dtype): void {
  const before = memory.array({ shape: [extent, extent], dtype });
  before.data.fill(Number.NaN);
  memory.release(before);
  const factor = diagonal(2, dtype);
  const result = matmul(factor, factor, blas, memory, () => {});
  const reused = result.data.byteOffset === before.data.byteOffset;
  if (!reused) throw new Error("self-test of dirty memory: expected the memory just released, got other");
  expectEqual(`OpenBLAS into dirty memory, ${dtype}`, result, diagonal(4, dtype));
  memory.release(result);
}

/** |fft2| of an impulse plus a constant is like this: its fold's odd half vanishes in no row. */
function testFold(blas: OpenBlas, memory: KernelMemory): void {
  const square = (value: (row: number, column: number) => number): DenseArray => ({
    shape: [extent, extent],
    dtype: "float64",
    data: Float64Array.from({ length: extent * extent }, (_, index) =>
      value(Math.floor(index / extent), index % extent),
    ),
  });
  const turned = (index: number): number => (extent - index) % extent;
  const left = square((row, column) => {
    const [one, other] = [row * extent + column, turned(row) * extent + turned(column)];
    return (Math.min(one, other) * 7) % 13;
  });
  const right = square((row, column) => ((row * 5 + column * 3) % 11) - 5);
  const folded = foldedMatmul(left, right, blas, memory, soloCrew(memory.memory), () => {});
  const plain = matmul(left, right, blas, memory, () => {});
  expectEqual("the folded product", folded, plain);
  memory.release(folded);
  memory.release(plain);
}

/**
 * What is special to OpenBLAS here, on small whole numbers, so exactly; the products themselves are tested as
 * every engine's are.
 * @throws Error naming what is wrong
 */
export function selfTestBlas(blas: OpenBlas, memory: KernelMemory): void {
  for (const dtype of ["float64", "float32", "complex128"] as const) {
    testDirtyResult(blas, memory, dtype);
  }
  testFold(blas, memory);
}
