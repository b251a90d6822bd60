/**
 * Arrays larger than any WebAssembly memory, which kernels see block by block. Minutes and some 14 GiB of
 * memory: `npm run test:large`, no part of `npm test`.
 */
import { random } from "@sluice/compute";
import type { Engine } from "@sluice/compute/engines/engine";
import { engines } from "@sluice/compute/engines/index";
import { offerNative } from "@sluice/compute/node/native/index";
import { byteLength, type FloatingArray } from "@sluice/contract/array";
import { describe, expect, test } from "vitest";

const minutes = 60_000;
const missing = offerNative(import.meta.filename);
if (missing !== undefined) console.warn(`native is not tested here: ${missing}`);
const { factories } = engines();
const tested = factories
  .filter(({ label }) => label.name !== "reference")
  .map((factory) => ({ name: factory.label.name, factory }));

const vector = (length: number, seed: number): Float64Array =>
  random({ shape: [length], seed }).data as Float64Array;

/** (rows of a, each times z) for a real matrix. */
function timesVector({ shape: [rows = 0, columns = 0], data }: FloatingArray, z: Float64Array): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => {
    let sum = 0;
    for (let column = 0; column < columns; column += 1)
      sum += (data[row * columns + column] ?? Number.NaN) * (z[column] ?? Number.NaN);
    return sum;
  });
}

/** uᵀ · f · v for a complex matrix and complex vectors, interleaved. */
function bilinear(
  { shape: [rows = 0, columns = 0], data }: FloatingArray,
  u: FloatingArray,
  v: FloatingArray,
) {
  let [re, im] = [0, 0];
  for (let row = 0; row < rows; row += 1) {
    let [x, y] = [0, 0];
    for (let column = 0; column < columns; column += 1) {
      const at = 2 * (row * columns + column);
      const [a, b] = [data[at] ?? Number.NaN, data[at + 1] ?? Number.NaN];
      const [c, d] = [v.data[2 * column] ?? Number.NaN, v.data[2 * column + 1] ?? Number.NaN];
      x += a * c - b * d;
      y += a * d + b * c;
    }
    const [c, d] = [u.data[2 * row] ?? Number.NaN, u.data[2 * row + 1] ?? Number.NaN];
    re += x * c - y * d;
    im += x * d + y * c;
  }
  return { re, im };
}

/** The transform of one vector, as a 1×n matrix; interleaved. */
const transformed = (engine: Engine, u: FloatingArray): FloatingArray =>
  engine.fft2({ ...u, shape: [1, u.data.length / 2] });

const complexVector = (length: number, seed: number): FloatingArray => ({
  shape: [length],
  dtype: "complex128",
  data: vector(2 * length, seed),
});

describe.each(tested)("arrays above 4 GiB on $name", ({ factory }) => {
  test(
    "matmul: (a · b) · v is a · (b · v)",
    () => {
      const [m, k, n] = [24_000, 23_000, 16];
      const engine = factory.open(() => () => {}, 8 * (m * k + k * n + m * n));
      const a = engine.random({ shape: [m, k], seed: 1 });
      expect(byteLength(a)).toBeGreaterThan(2 ** 32);
      const b = engine.random({ shape: [k, n], seed: 2 });
      const product = engine.matmul(a, b);
      const v = vector(n, 3);
      const [got, wanted] = [timesVector(product, v), timesVector(a, timesVector(b, v))];
      const worst = got.reduce((most, x, row) => Math.max(most, Math.abs(x / (wanted[row] ?? 0) - 1)), 0);
      // All terms are positive: the error of a sum of 23,000 is within their number times eps, and mostly far less.
      expect(worst).toBeLessThan(1e-13);
    },
    10 * minutes,
  );

  test(
    "fft2: uᵀ · fft2(a) · v is fft(u)ᵀ · a · fft(v)",
    () => {
      const [m, n] = [16_500, 16_400];
      const engine = factory.open(() => () => {}, 3 * 16 * m * n);
      const { data } = engine.random({ shape: [m, 2 * n], seed: 4 });
      const a: FloatingArray = { shape: [m, n], dtype: "complex128", data };
      expect(byteLength(a)).toBeGreaterThan(2 ** 32);
      const spectrum = engine.fft2(a);
      const [u, v] = [complexVector(m, 5), complexVector(n, 6)];
      const got = bilinear(spectrum, u, v);
      const wanted = bilinear(a, transformed(engine, u), transformed(engine, v));
      const scale = Math.hypot(wanted.re, wanted.im);
      expect(Math.hypot(got.re - wanted.re, got.im - wanted.im) / scale).toBeLessThan(1e-10);
    },
    10 * minutes,
  );
});
