import { singleThreadPool } from "@sluice/compute/engines/threads";
import { absolute } from "@sluice/compute/engines/wasm/absolute";
import { absoluteFft2, fft2, inverseFft2 } from "@sluice/compute/engines/wasm/fft/fft2";
import { type KernelMemory, kernelMemory } from "@sluice/compute/engines/wasm/memory";
import type { OnFraction } from "@sluice/compute/model/on-fraction";
import type { FloatingArray } from "@sluice/contract/array";
import { expect } from "vitest";

const silent = () => () => {};

/** The transforms on one memory; what they answer is copied out and given back, so that tests can go on for ever. */
export function transformsOn(memory: KernelMemory, nextStep: () => OnFraction = silent) {
  const pool = singleThreadPool(memory.memory);
  const keep = (array: FloatingArray): FloatingArray => {
    const copy = { ...array, data: array.data.slice() };
    memory.release(array);
    return copy;
  };
  return {
    fft2: (a: FloatingArray) => keep(fft2(a, memory, pool, nextStep)),
    inverseFft2: (a: FloatingArray) => keep(inverseFft2(a, memory, pool, nextStep)),
    absoluteFft2: (a: FloatingArray) => keep(absoluteFft2(a, memory, pool, nextStep)),
    absolute: (a: FloatingArray) => keep(absolute(a, memory, pool, nextStep())),
  };
}

export const wasm = transformsOn(kernelMemory(2 ** 26));

/** Agreement wanted of a transform, relative to its largest element. */
export const tolerance = ({ shape }: FloatingArray): number =>
  2 ** -52 * (8 + 2 * Math.log2(shape.reduce((product, extent) => product * extent, 1)));

const bytes = ({ data }: FloatingArray) => Buffer.from(data.buffer, data.byteOffset, data.byteLength);

/** Vitest's own comparison takes a millisecond for a few thousand numbers, and knows no sign of zero. */
export function expectSameBytes(actual: FloatingArray, expected: FloatingArray): void {
  expect([actual.dtype, ...actual.shape]).toEqual([expected.dtype, ...expected.shape]);
  expect(bytes(actual).equals(bytes(expected))).toBe(true);
}
