import { plan } from "@sluice/compute";
import { singleThreadPool } from "@sluice/compute/engines/threads";
import { split } from "@sluice/compute/engines/wasm/fft/four-step";
import { fftLinesScratchBytes } from "@sluice/compute/engines/wasm/fft/line-scratch";
import { engineOn } from "@sluice/compute/engines/wasm/index";
import { kernelMemory } from "@sluice/compute/engines/wasm/memory";
import { byteLength, zeros } from "@sluice/contract/array";
import { describe, expect, test } from "vitest";
import { eps, operand, relativeError, spec } from "../../support/compute/arrays.ts";
import { reference, staged, wasm } from "../../support/compute/engines.ts";
import { answer, dtypes, linesOf, methods, takes, tolerance } from "../../support/compute/fft-lines.ts";
import { measured } from "../../support/compute/measured-memory.ts";
import { expectSameBytes } from "../../support/compute/wasm-fft.ts";

describe("the wasm engine's transforms along one axis", () => {
  const [truth, engine, outside] = [reference.open(), wasm.open(), staged.open()];

  test("of real numbers come in conjugate pairs to the bit", () => {
    for (const length of [6, 7, 37, 90]) {
      const a = operand([5, length], "float64", 6);
      for (const method of ["fft", "inverseFft"] as const) {
        for (const line of linesOf(answer(engine, method, a, { axis: 1, length }), 1)) {
          for (let k = 1; k < length; k += 1) {
            const [re = Number.NaN, im = Number.NaN] = line[length - k] ?? [];
            // Zeros of either sign are equal here.
            expect([re === line[k]?.[0], -im === line[k]?.[1]]).toEqual([true, true]);
          }
        }
      }
    }
  });

  // Products of kernels' radices, primes with and without a kernel, more lines than a block has, few and odd ones.
  test.each([
    [[997, 9], 0],
    [[9, 997], 1],
    [[1009, 70], 0],
    [[600, 64], 1],
    [[29, 64, 3], 1],
    [[70, 500], 1],
    [[2, 30, 1100], 1],
    [[1000, 11], 1],
    [[1, 2048], 1],
    [[23, 46], 1],
    [[19, 17, 13], 2],
    [[19, 17, 13], 1],
    [[143, 7], 0],
    // Long lines by four steps: products of small and of larger primes, odd ones, Bluestein's method, strided ones.
    [[1024], 0],
    [[2, 1100], 1],
    [[1155], 0],
    [[2048], 0],
    [[2, 1031], 1],
    [[2062], 0],
    [[1500, 2], 0],
    [[9999], 0],
    [[65_536], 0],
  ] as const)("of %j along %i are the reference's, staged or not", (shape, axis) => {
    for (const dtype of dtypes) {
      const a = operand(shape, dtype, 9);
      const points = shape[axis] ?? 0;
      for (const length of [points, points + 5, Math.max(1, points - 2)]) {
        for (const method of methods.filter((name) => takes(name, a))) {
          const actual = answer(engine, method, a, { axis, length });
          const expected = answer(truth, method, a, { axis, length });
          expect(relativeError(actual.data, expected.data)).toBeLessThan(tolerance(length));
          expectSameBytes(answer(outside, method, a, { axis, length }), actual);
        }
      }
    }
  });

  test("of many long lines, and of strided ones, are the reference's", () => {
    for (const [shape, axis] of [
      [[4, 65_600], 1],
      [[65_600, 3], 0],
    ] as const) {
      const a = operand(shape, "float64", 10);
      const length = shape[axis] ?? 0;
      const actual = answer(engine, "fft", a, { axis, length });
      expect(relativeError(actual.data, answer(truth, "fft", a, { axis, length }).data)).toBeLessThan(
        tolerance(length),
      );
      expectSameBytes(answer(outside, "fft", a, { axis, length }), actual);
    }
  });

  test.each([1024, 2310, 10_007, 65_536, 1_000_003])(
    "turn a shifted impulse of %i points into exact roots of unity",
    (n) => {
      const a = zeros(spec([n], "complex128"));
      const shift = Math.floor(n / 3);
      a.data[2 * shift] = 1;
      const { data } = answer(engine, "fft", a, { axis: 0, length: n });
      let worst = 0;
      for (let k = 0; k < n; k += 1) {
        const angle = (2 * Math.PI * ((shift * k) % n)) / n;
        const [re = Number.NaN, im = Number.NaN] = data.subarray(2 * k, 2 * k + 2);
        worst = Math.max(worst, Math.abs(re - Math.cos(angle)), Math.abs(im + Math.sin(angle)));
      }
      expect(worst).toBeLessThan(32 * eps);
    },
  );

  test("split long lines as evenly as can be, into multiples of eight where they can", () => {
    expect([1024, 2 ** 21, 1000, 2 * 23 * 23].map(split)).toEqual([
      { rows: 32, columns: 32 },
      { rows: 1024, columns: 2048 },
      { rows: 25, columns: 40 },
      { rows: 23, columns: 46 },
    ]);
  });

  test.each([
    [[64], 0],
    [[1], 0],
    [[300, 700], 1],
    [[300, 700], 0],
    [[1009, 30], 0],
    [[4096], 0],
    [[3000, 2], 0],
    [[2, 10_007], 1],
    [[70_000, 4], 0],
  ] as const)("hold no more than the plan says, %j along %i", (shape, axis) => {
    for (const [method, operation, dtype] of [
      ["fft", "fft", "complex128"],
      ["fft", "fft", "float32"],
      ["realFft", "rfft", "float64"],
      ["inverseRealFft", "irfft", "complex128"],
    ] as const) {
      const a = operand(shape, dtype, 12);
      const length = operation === "irfft" ? 2 * (shape[axis] ?? 1) - 1 : (shape[axis] ?? 1);
      const { memory, peak } = measured(kernelMemory(2 ** 28));
      const result = engineOn(memory, singleThreadPool(memory.memory), () => () => {})[method](a, {
        axis,
        length,
      });
      memory.close();
      const [step] = plan(operation, { axis, n: length }, { a }).steps;
      if (!step) throw new Error("a plan without steps");
      expect(peak() - byteLength(result)).toBeLessThanOrEqual(fftLinesScratchBytes(step));
    }
  });
});
