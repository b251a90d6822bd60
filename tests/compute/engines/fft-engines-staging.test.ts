import { fftScratchBytes } from "@sluice/compute/engines/wasm/fft/matrix-context";
import { kernelMemory, stagingMemory } from "@sluice/compute/engines/wasm/memory";
import { fft2Steps } from "@sluice/compute/model/steps";
import { describe, expect, test } from "vitest";
import { operand } from "../../support/compute/arrays.ts";
import { measured } from "../../support/compute/measured-memory.ts";
import { expectSameBytes, transformsOn, wasm } from "../../support/compute/wasm-fft.ts";

const dtypes = ["float64", "float32", "complex128"] as const;

describe("arrays outside kernel memory give the same bytes", () => {
  // Room for the narrowest blocks, for some in between, and for 256 columns; more columns than any block has.
  test.each([
    [64, 64, 100_000],
    [61, 70, 150_000],
    [64, 64, 4_000_000],
    [7, 1100, 900_000],
    [9, 1101, 4_000_000],
    [300, 20, 500_000],
    [1, 37, 100_000],
    [37, 1, 100_000],
    [34, 17, 200_000],
  ])("%i×%i staged in %i bytes", (rows, columns, bytes) => {
    const staged = transformsOn(stagingMemory(bytes));
    for (const dtype of dtypes) {
      const a = operand([2, rows, columns], dtype, 21);
      expectSameBytes(staged.fft2(a), wasm.fft2(a));
      expectSameBytes(staged.absoluteFft2(a), wasm.absoluteFft2(a));
      if (dtype === "complex128") expectSameBytes(staged.absolute(a), wasm.absolute(a));
    }
  });

  test("even when the result has to be done again", () => {
    const staged = transformsOn(stagingMemory(200_000));
    for (const value of [Number.NaN, 1.7e308]) {
      const a = operand([20, 31], "float64", 22);
      a.data[100] = value;
      expectSameBytes(staged.fft2(a), wasm.fft2(a));
      expectSameBytes(staged.absoluteFft2(a), wasm.absoluteFft2(a));
    }
  });

  test("an input inside gives the bytes of the same input outside", () => {
    const memory = kernelMemory(2 ** 26);
    const inside = memory.array({ shape: [45, 52], dtype: "float64" });
    const outside = operand([45, 52], "float64", 23);
    inside.data.set(outside.data);
    const transforms = transformsOn(memory);
    expectSameBytes(transforms.fft2(inside), transforms.fft2(outside));
    memory.close();
  });
});

test("a transform gives back all the kernel memory it took", () => {
  const bytes = 4_000_000;
  const memory = stagingMemory(bytes);
  const transforms = transformsOn(memory);
  for (const dtype of dtypes) {
    const a = operand([34, 65], dtype, 24);
    transforms.absolute(transforms.fft2(a));
    a.data[7] = Number.NaN;
    transforms.absoluteFft2(a);
  }
  memory.freeScratch(memory.scratch(bytes));
});

test("no factory for eight lines is an allocation failure", () => {
  const transforms = transformsOn(stagingMemory(10_000));
  expect(() => transforms.fft2(operand([256, 256], "float64", 25))).toThrow(
    new RangeError("Array buffer allocation failed"),
  );
});

test.each([
  [64, 64],
  [1, 1],
  [1, 3000],
  [3000, 1],
  [1009, 40],
  [17, 523],
  [512, 700],
])("the plan's scratch covers what a transform of %i×%i takes", (rows, columns) => {
  for (const dtype of dtypes) {
    const a = operand([2, rows, columns], dtype, 26);
    const { memory, peak } = measured(kernelMemory(2 ** 27));
    transformsOn(memory).fft2(a);
    memory.close();
    expect(peak() - 16 * 2 * rows * columns).toBeLessThanOrEqual(
      Math.max(...fft2Steps(a).map(fftScratchBytes)),
    );
  }
});
