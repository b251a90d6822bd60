import { random } from "@sluice/compute";
import { singleThreadPool } from "@sluice/compute/engines/threads";
import { type KernelMemory, kernelMemory } from "@sluice/compute/engines/wasm/memory";
import { foldedMatmul } from "@sluice/compute/node/native/fold";
import { nativeEngineOn, nativeFactory } from "@sluice/compute/node/native/index";
import { matmul } from "@sluice/compute/node/native/matmul";
import type { Dtype, FloatingArray } from "@sluice/contract/array";
import fc from "fast-check";
import { expect, test } from "vitest";
import { eps, operand, relativeError } from "../../support/compute/arrays.ts";
import { describeOpenBlas, openBlas, reference, testedEngines, wasm } from "../../support/compute/engines.ts";

const truth = reference.open();
const memory = kernelMemory(2 ** 28);
const silent = () => {};

const magnitude = (m: number, n: number): FloatingArray =>
  truth.absoluteFft2(operand([m, n], "float64", m + n));

function inside(array: FloatingArray, of: KernelMemory = memory): FloatingArray {
  const copy = of.array(array, false);
  copy.data.set(array.data);
  return copy;
}

const bytesOf = ({ data }: FloatingArray): Buffer =>
  Buffer.from(data.buffer, data.byteOffset, data.byteLength);
/** Element by element the comparison of a million numbers takes seconds. */
const sameBytes = (one: FloatingArray, other: FloatingArray): boolean => bytesOf(one).equals(bytesOf(other));

function shared(array: FloatingArray): FloatingArray {
  const bytes = new SharedArrayBuffer(array.data.byteLength);
  const data = array.dtype === "float32" ? new Float32Array(bytes) : new Float64Array(bytes);
  data.set(array.data);
  return { ...array, data };
}

test("native is among the tested engines exactly where its library is found", () => {
  expect(testedEngines.some(({ name }) => name.startsWith("native"))).toBe(openBlas.length > 0);
});

describeOpenBlas("the native engine", (blas) => {
  const engine = nativeEngineOn(blas, memory, singleThreadPool(memory.memory), () => silent);

  test("its label says which library, for which CPU, with which integers", () => {
    expect(nativeFactory(blas).label).toEqual({
      name: "native",
      version: "4",
      kernel: expect.stringMatching(
        new RegExp(`^openblas-\\d+\\.\\d+\\.\\d+-\\w+-${blas.interface}\\+wasm128-`),
      ),
    });
  });

  test.each([
    ["float64", "float64"],
    ["float32", "float32"],
    ["float64", "float32"],
    ["complex128", "complex128"],
    ["complex128", "float32"],
    ["complex128", "float64"],
    ["float64", "complex128"],
  ] as const)("%s times %s: the same bytes from any memory, and the factors as they were", (left, right) => {
    // Two blocks of terms and of rows, and of columns for the complex one.
    const [a, b] = [operand([1031, 389], left, 1), operand([389, 1041], right, 2)];
    const once = engine.matmul(a, b);
    expect(relativeError(once.data, wasm.open().matmul(a, b).data)).toBeLessThan(
      left === "float32" && right === "float32" ? 2 ** -18 : 1e-13,
    );
    for (const place of [inside, shared]) {
      const [x, y] = [place(a), place(b)];
      expect(sameBytes(engine.matmul(x, y), once)).toBe(true);
      expect([sameBytes(x, a), sameBytes(y, b)]).toEqual([true, true]);
      for (const array of [x, y]) memory.release(array);
    }
  });

  const extents = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  const foldError = (m: number, n: number, columns: number): number => {
    // Nothing negative, so that no sum cancels.
    const [a, b] = [magnitude(m, n), random({ shape: [n, columns], seed: 9 })];
    return relativeError(foldedMatmul(a, b, blas, memory, silent).data, truth.matmul(a, b).data);
  };

  test("the folded product of every |fft2| up to 9×9", () => {
    for (const m of extents) {
      for (const n of extents) {
        for (const columns of [1, 2, 5]) {
          expect(foldError(m, n, columns), `${m}×${n}×${columns}`).toBeLessThan(16 * eps);
        }
      }
    }
  });

  test("the folded product of any rectangle", () => {
    const extent = fc.integer({ min: 1, max: 60 });
    fc.assert(
      fc.property(extent, extent, extent, (m, n, columns) => foldError(m, n, columns) < 32 * eps),
      { numRuns: 60 },
    );
  });

  // Both halves take two blocks of terms.
  test.each([
    [130, 1540],
    [131, 1541],
  ])("the folded product of %i×%i in blocks, from any memory", (m, n) => {
    const [a, b] = [magnitude(m, n), operand([n, 101], "float64", 3)];
    const folded = foldedMatmul(a, b, blas, memory, silent).data;
    expect(relativeError(folded, wasm.open().matmul(a, b).data)).toBeLessThan(1e-13);
    expect(foldedMatmul(inside(a), inside(b), blas, memory, silent).data).toEqual(folded);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, 2e300])("%d is not folded", (value) => {
    const [a, b] = [magnitude(100, 101), operand([101, 97], "float64", 2)];
    a.data[17] = value;
    const product = engine.matmul(a, b, { centrosymmetric: true }).data;
    expect(product).toEqual(matmul(a, b, blas, memory, silent).data);
    expect(product).not.toEqual(foldedMatmul(a, b, blas, memory, silent).data);
  });

  test("reports the fraction done, rising to 1", () => {
    const fractions: number[] = [];
    const note = (fraction: number) => fractions.push(fraction);
    matmul(operand([1500, 500], "float64", 1), operand([500, 10], "float64", 2), blas, memory, note);
    expect(fractions).toEqual([0.25, 0.5, 0.75, 1, 1]);
    fractions.length = 0;
    foldedMatmul(magnitude(300, 900), operand([900, 100], "float64", 1), blas, memory, note);
    expect(fractions.length).toBeGreaterThan(4);
    expect(fractions.toSorted((one, other) => one - other)).toEqual(fractions);
    expect(fractions.at(-1)).toBe(1);
  });

  test("on two threads it agrees with itself on one", () => {
    const pool = { ...singleThreadPool(memory.memory), size: 2 };
    const two = nativeEngineOn(blas, memory, pool, () => silent);
    const [a, b] = [operand([600, 600], "float64", 1), operand([600, 600], "float64", 2)];
    expect(relativeError(two.matmul(a, b).data, engine.matmul(a, b).data)).toBeLessThan(1e-13);
  });

  test("what its integers cannot count is wasm's work", () => {
    const short = { ...blas, mostExtent: 2 * 40 - 1 };
    const narrow = nativeEngineOn(short, memory, singleThreadPool(memory.memory), () => silent);
    for (const [m, k, n] of [
      [40, 3, 3],
      [3, 40, 3],
      [3, 3, 40],
    ] as const) {
      const [a, b] = (["float64", "complex128"] satisfies Dtype[]).map((dtype, index) =>
        operand(index === 0 ? [m, k] : [k, n], dtype, index),
      ) as [FloatingArray, FloatingArray];
      const calls: number[] = [];
      const counting = nativeEngineOn(
        { ...short, dgemm: () => calls.push(1) },
        memory,
        singleThreadPool(memory.memory),
        () => silent,
      );
      expect(counting.matmul(a, b).data).toEqual(wasm.open().matmul(a, b).data);
      expect(calls).toEqual([]);
      expect(narrow.matmul(a, b).data).toEqual(wasm.open().matmul(a, b).data);
    }
  });

  test("a result too large for memory is an allocation that failed", () => {
    const [a, b] = [operand([2 ** 21, 0], "float64", 1), operand([0, 2 ** 20], "float64", 1)];
    expect(() => engine.matmul(a, b)).toThrow(
      expect.objectContaining({ name: "RangeError", message: "Array buffer allocation failed" }),
    );
  });
});
