import { type KernelMemory, kernelMemory, stagingMemory } from "@sluice/compute/engines/wasm/memory";
import type { FloatingArray } from "@sluice/contract/array";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { spec } from "../../support/compute/arrays.ts";

const isInside = (memory: KernelMemory, array: FloatingArray): boolean =>
  memory.addressOf(array.data) !== undefined;

describe("kernel memory", () => {
  test("arrays are zeroed, also where another array was", () => {
    const memory = kernelMemory(2 ** 20);
    const first = memory.array(spec([100]));
    first.data.fill(7);
    memory.release(first);
    const second = memory.array(spec([50], "complex128"));
    expect(second.data.byteOffset).toBe(first.data.byteOffset);
    expect(second.data).toEqual(new Float64Array(100));
  });

  test("addresses are multiples of 64, of views in it alone", () => {
    const memory = kernelMemory(2 ** 20);
    const [a, b] = [memory.array(spec([3], "float32")), memory.array(spec([1]))];
    expect([a, b].map(({ data }) => (memory.addressOf(data) ?? 1) % 64)).toEqual([0, 0]);
    expect(memory.addressOf(b.data)).toBe(b.data.byteOffset);
    expect(memory.addressOf(new Float64Array(1))).toBeUndefined();
    expect(memory.scratch(1) % 64).toBe(0);
  });

  test("no two of any arrays and scratch overlap, whatever was given back", () => {
    const piece = fc.record({ bytes: fc.integer({ min: 0, max: 2 ** 16 }), drop: fc.nat() });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const memory = stagingMemory(2 ** 19);
        const taken: [number, number][] = [];
        for (const { bytes, drop } of pieces) {
          try {
            const address = memory.scratch(bytes);
            if (taken.some(([from, to]) => address < to && address + bytes > from)) return false;
            taken.push([address, address + bytes]);
          } catch (error) {
            if (!(error instanceof RangeError)) return false;
          }
          const [given] = taken.splice(drop % (taken.length + 1), 1);
          if (given) memory.freeScratch(given[0]);
        }
        for (const [address] of taken) memory.freeScratch(address);
        // Everything is one piece again.
        return memory.scratch(2 ** 19) > 0;
      }),
      { numRuns: 50 },
    );
  });

  test("scratch that does not fit is an allocation that failed", () => {
    expect(() => stagingMemory(2 ** 20).scratch(2 ** 21)).toThrow(
      expect.objectContaining({ name: "RangeError", message: "Array buffer allocation failed" }),
    );
  });

  test("arrays beyond its size lie outside, and release empties them; foreign ones it leaves alone", () => {
    const memory = stagingMemory(2 ** 16);
    const [outside, foreign] = [memory.array(spec([2 ** 14])), { ...spec([4]), data: new Float64Array(4) }];
    expect(isInside(memory, outside)).toBe(false);
    memory.release(outside);
    memory.release(foreign);
    expect([outside.data.length, foreign.data.length]).toEqual([0, 4]);
  });

  test("a small memory is used again after close, and what was handed over is not in it", () => {
    const memory = kernelMemory(2 ** 20);
    const result = memory.array(spec([8]));
    result.data.fill(3);
    const kept = memory.handOver(result);
    memory.close();
    const next = kernelMemory(2 ** 20);
    expect(next.memory).toBe(memory.memory);
    next.array(spec([8])).data.fill(4);
    expect(kept.data).toEqual(new Float64Array(8).fill(3));
    // Still in use: another run at the same time gets one of its own.
    expect(kernelMemory(2 ** 20).memory).not.toBe(next.memory);
  });

  test("a run that needs more than the kept memory gets a larger one, which is then kept", () => {
    const small = kernelMemory(2 ** 20);
    small.close();
    const large = kernelMemory(2 ** 28);
    expect(large.memory).not.toBe(small.memory);
    large.close();
    expect(kernelMemory(2 ** 20).memory).toBe(large.memory);
  });

  test("a large memory is nobody else's: results stay in it", () => {
    const memory = kernelMemory(2 ** 30);
    const result = memory.array(spec([8]));
    expect(memory.handOver(result)).toBe(result);
    memory.close();
    expect(kernelMemory(2 ** 30).memory).not.toBe(memory.memory);
  });
});
