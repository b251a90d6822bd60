import { readFileSync } from "node:fs";
import { reference } from "@sluice/compute/engines/reference/index";
import type { FloatingArray, FloatingDtype } from "@sluice/contract/array";
import { describe, expect, test } from "vitest";
import { eps, operand, real, relativeError } from "../../support/compute/arrays.ts";
import { expectSameBytes, tolerance, wasm } from "../../support/compute/wasm-fft.ts";

const truth = reference.open(() => () => {}, 0);
const dtypes = ["float64", "complex128"] as const;
const { NaN: nan, POSITIVE_INFINITY: inf, MAX_VALUE: largest } = Number;

const times = (a: FloatingArray, factor: number): FloatingArray => ({
  ...a,
  data: Float64Array.from(a.data, (value) => value * factor),
});

describe("transforms of numbers from the ends of the range", () => {
  // Powers of two scale without rounding, so the bytes must scale too: to 1e±200 and where squares overflow.
  test.each([2 ** 664, 2 ** -664, 2 ** 1000, 2 ** -900, 2 ** 520, 2 ** -520])(
    "scaled by %d keep their bytes",
    (factor) => {
      for (const dtype of dtypes) {
        for (const shape of [
          [6, 10],
          [37, 8],
          [9, 21],
        ]) {
          const a = operand(shape, dtype, 11);
          expectSameBytes(wasm.fft2(times(a, factor)), times(wasm.fft2(a), factor));
          expectSameBytes(wasm.absoluteFft2(times(a, factor)), times(wasm.absoluteFft2(a), factor));
        }
      }
    },
  );

  test("do not overflow on the way to a finite result", () => {
    expect(wasm.fft2(real([[1e308]])).data).toEqual(Float64Array.of(1e308, 0));
    expect(wasm.absoluteFft2(real([[-largest]])).data).toEqual(Float64Array.of(largest));
    // One row of such size beside its negative: sums of 2e308 on the way, 0 and 1.6e308 in the end.
    const { data } = wasm.absoluteFft2(real([[8e307], [-8e307]]));
    expect(data).toEqual(Float64Array.of(0, 1.6e308));
    const prime = Float64Array.from({ length: 37 }, (_, index) => (index === 5 ? 1.5e308 : 0));
    const impulse: FloatingArray = { shape: [1, 37], dtype: "float64", data: prime };
    expect(relativeError(wasm.absoluteFft2(impulse).data, new Float64Array(37).fill(1.5e308))).toBeLessThan(
      8 * eps,
    );
    expect([...wasm.absoluteFft2(real([[largest, largest]])).data]).toEqual([inf, 0]);
  });

  test("keep every magnitude of rows 1e±20 apart within the tolerance of the whole", () => {
    for (const [dtype, exponent] of [
      ["float64", 20],
      ["float64", -20],
      ["complex128", 20],
    ] as const) {
      const a = operand([12, 30], dtype, 12);
      const perRow = a.data.length / 12;
      for (let index = 3 * perRow; index < 4 * perRow; index += 1)
        a.data[index] = (a.data[index] ?? 0) * 10 ** exponent;
      expect(relativeError(wasm.fft2(a).data, truth.fft2(a).data)).toBeLessThan(tolerance(a));
    }
  });

  test("a matrix of a batch is out of reach of the others", () => {
    for (const factor of [1e-20, 1e20, nan, inf]) {
      const batch = operand([2, 1, 60], "float64", 13);
      const alone = { ...batch, shape: [1, 60], data: batch.data.slice(0, 60) };
      for (let index = 60; index < 120; index += 1) batch.data[index] = (batch.data[index] ?? 0) * factor;
      expect(wasm.fft2(batch).data.slice(0, 120)).toEqual(wasm.fft2(alone).data);
    }
  });
});

interface ExtremeCase {
  shape: number[];
  dtype: FloatingDtype;
  placed: [number, "nan" | "inf" | "-inf"][];
  words: string;
}

const values = { nan, inf, "-inf": -inf };

function word(value: number): string {
  if (Number.isNaN(value)) return "n";
  return Number.isFinite(value) ? "f" : "i";
}

describe("NaN and infinity spread as in NumPy", () => {
  const file = new URL("../../fixtures/numpy/fft2-extremes.json", import.meta.url);
  const cases: ExtremeCase[] = JSON.parse(readFileSync(file, "utf8"));
  const titled = cases.map((entry) => ({
    title: `${entry.shape.join("×")} ${entry.dtype} ${JSON.stringify(entry.placed)}`,
    ...entry,
  }));

  test.each(titled)("$title", ({ shape, dtype, placed, words }) => {
    const length = shape.reduce((product, extent) => product * extent, dtype === "complex128" ? 2 : 1);
    const a: FloatingArray = { shape, dtype, data: new Float64Array(length).fill(0.5) };
    for (const [index, name] of placed) a.data[index] = values[name];
    const actual = Array.from(wasm.absoluteFft2(a).data, word).join("");
    expect(Array.from(wasm.absolute(wasm.fft2(a)).data, word).join("")).toBe(actual);
    // Whether inf - inf comes up in an element depends on the order of the passes where there are several.
    const severalPasses = placed.some(([, name]) => name !== "nan") && Math.max(...shape) > 9;
    const seen = (letters: string) => (severalPasses ? letters.replaceAll("i", "n") : letters);
    expect(seen(actual)).toBe(seen(words));
  });
});

describe("the wasm engine's magnitude of a complex number", () => {
  test.each([1, 2, 511, 512, 513, 5000, 9001])(
    "of %i numbers, one of them extreme, is the reference's",
    (count) => {
      const a = operand([count], "complex128", 14);
      a.data[count - 1] = 1e250;
      expect(relativeError(wasm.absolute(a).data, truth.absolute(a).data)).toBeLessThan(2 * eps);
      a.data[count - 1] = 0.25;
      expect(relativeError(wasm.absolute(a).data, truth.absolute(a).data)).toBeLessThan(2 * eps);
    },
  );
});
