import type { FloatingArray, FloatingDtype } from "@sluice/contract/array";
import type { KernelMemory } from "../../engines/wasm/memory.ts";
import type { Rows } from "../../engines/wasm/staging.ts";
import { foldedMatmul } from "./fold.ts";
import { matmul } from "./matmul.ts";
import type { OpenBlas } from "./openblas.ts";
import { direct, inPlace } from "./operands.ts";
import { complexes, doubles, product, singles, type TileGemm } from "./product.ts";

const extent = 5;

/** A diagonal of `value`: everything else of a product with it is exactly zero. */
function diagonal(value: number, dtype: FloatingDtype): FloatingArray {
  const width = dtype === "complex128" ? 2 : 1;
  const length = extent * extent * width;
  const data = dtype === "float32" ? new Float32Array(length) : new Float64Array(length);
  for (let index = 0; index < extent; index += 1) data[index * (extent + 1) * width] = value;
  return { shape: [extent, extent], dtype, data };
}

function expectEqual(what: string, got: FloatingArray, expected: FloatingArray): void {
  const at = expected.data.findIndex((value, index) => got.data[index] !== value);
  if (at === -1) return;
  throw new Error(`self-test of ${what}: expected ${expected.data[at]} at ${at}, got ${got.data[at]}`);
}

/** Results start as whatever was there: with beta = 0 it must not be read, as NaN times 0 is NaN. */
function testDirtyResult(gemm: TileGemm, dtype: FloatingDtype): void {
  const width = dtype === "complex128" ? 2 : 1;
  const rowsOf = ({ data }: FloatingArray): Rows => ({
    data,
    address: undefined,
    offset: 0,
    stride: extent * width,
  });
  const factor = direct(rowsOf(diagonal(2, dtype)), width);
  const result = diagonal(0, dtype);
  result.data.fill(Number.NaN);
  const operands = { lefts: [factor], right: factor, target: inPlace(rowsOf(result), width) };
  product(gemm, { m: extent, n: extent, k: extent }, operands, () => {});
  expectEqual(`OpenBLAS into dirty memory, ${dtype}`, result, diagonal(4, dtype));
}

/** |fft2| of an impulse plus a constant is like this: its fold's odd half vanishes in no row. */
function testFold(blas: OpenBlas, memory: KernelMemory): void {
  const square = (value: (row: number, column: number) => number): FloatingArray => ({
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
  const [folded, plain] = [foldedMatmul, matmul].map((multiply) =>
    multiply(left, right, blas, memory, () => {}),
  );
  expectEqual("the folded product", folded, plain);
}

/**
 * What is special to OpenBLAS here, on small whole numbers, so exactly; the products themselves are tested as
 * every engine's are.
 * @throws Error naming what is wrong
 */
export function selfTestBlas(blas: OpenBlas, memory: KernelMemory): void {
  testDirtyResult(doubles(blas), "float64");
  testDirtyResult(singles(blas), "float32");
  testDirtyResult(complexes(blas), "complex128");
  testFold(blas, memory);
}
