import type { FloatingArray, FloatingDtype } from "@sluice/contract/array";
import { cos, sin } from "../../math/circular.ts";
import { hypot } from "../../math/hypot.ts";
import type { Engine } from "../engine.ts";
import type { Kernels } from "./kernels/kernels.ts";

/**
 * Relaxed SIMD rounds x · y + z once or twice, as the CPU can. With x = 1 + 2^-52 and z = -(x²
 * rounded) the answer is what the first rounding dropped, 2^-104, or nothing.
 */
export function fusesMultiplyAdd(kernels: Kernels): boolean {
  return kernels.misc.fusedResidue() !== 0;
}

type Complex = readonly [re: number, im: number];

/** Small integers: their products and sums of a few are exact in float32, so every order gives the same bits. */
function matrix(rows: number, columns: number, dtype: FloatingDtype): FloatingArray {
  const length = rows * columns * (dtype === "complex128" ? 2 : 1);
  const value = (_: unknown, index: number) => ((index * 7) % 13) - 6;
  const data =
    dtype === "float32" ? Float32Array.from({ length }, value) : Float64Array.from({ length }, value);
  return { shape: [rows, columns], dtype, data };
}

function element({ shape, dtype, data }: FloatingArray, row: number, column: number): Complex {
  const index = row * shape[1] + column;
  return dtype === "complex128" ? [data[2 * index], data[2 * index + 1]] : [data[index], 0];
}

/** Compares a two-dimensional result with what its definition says of each element. */
function expectElements(
  what: string,
  got: FloatingArray,
  expected: (row: number, column: number) => Complex,
  tolerance: number,
): void {
  const [rows, columns] = got.shape;
  for (let index = 0; index < rows * columns; index += 1) {
    const [row, column] = [Math.floor(index / columns), index % columns];
    const [re, im] = expected(row, column);
    const [x, y] = element(got, row, column);
    if (Math.abs(x - re) <= tolerance && Math.abs(y - im) <= tolerance) continue;
    throw new Error(`self-test of ${what}: expected ${re}, ${im} at (${row}, ${column}), got ${x}, ${y}`);
  }
}

function testMatmul(engine: Engine, dtype: FloatingDtype): void {
  // A whole tile with edges on both sides of it.
  const [a, b] = [matrix(7, 5, dtype), matrix(5, 9, dtype)];
  const product = (row: number, column: number): Complex => {
    let [re, im] = [0, 0];
    for (let k = 0; k < 5; k += 1) {
      const [[x, y], [u, v]] = [element(a, row, k), element(b, k, column)];
      re += x * u - y * v;
      im += x * v + y * u;
    }
    return [re, im];
  };
  expectElements(`matmul of ${dtype}`, engine.matmul(a, b), product, 0);
}

/** The transform by its definition, in O(n²). Plain loops: it runs once, cold, before every first job. */
function dft(values: readonly Complex[]): Complex[] {
  const n = values.length;
  const cosines = values.map((_, j) => cos((2 * Math.PI * j) / n));
  const sines = values.map((_, j) => sin((2 * Math.PI * j) / n));
  return values.map((_, p) => {
    let re = 0;
    let im = 0;
    for (let j = 0; j < n; j += 1) {
      const turn = (p * j) % n;
      re += values[j][0] * cosines[turn] + values[j][1] * sines[turn];
      im += values[j][1] * cosines[turn] - values[j][0] * sines[turn];
    }
    return [re, im];
  });
}

function testFft2(engine: Engine, [rows, columns]: readonly [number, number]): void {
  // Rounding stays below 1e-13 of elements up to 6·rows·columns.
  const tolerance = 1e-10;
  for (const dtype of ["float64", "complex128"] as const) {
    const a = matrix(rows, columns, dtype);
    const alongRows = Array.from({ length: rows }, (_, j) =>
      dft(Array.from({ length: columns }, (_, k) => element(a, j, k))),
    );
    const transposed = Array.from({ length: columns }, (_, q) => dft(alongRows.map((row) => row[q])));
    const value = (p: number, q: number): Complex => transposed[q][p];
    const magnitude = (p: number, q: number): Complex => [hypot(...value(p, q)), 0];
    const spectrum = engine.fft2(a);
    const name = `${dtype} ${rows}×${columns}`;
    expectElements(`fft2 of ${name}`, spectrum, value, tolerance);
    expectElements(`absolute of ${name}`, engine.absolute(spectrum), magnitude, tolerance);
    expectElements(`absoluteFft2 of ${name}`, engine.absoluteFft2(a), magnitude, tolerance);
  }
}

/** One line of a matrix or of its transform along axis 1, as complex numbers. */
const rowOf = (a: FloatingArray, row: number): Complex[] =>
  Array.from({ length: a.shape[1] }, (_, column) => element(a, row, column));

function testFft(engine: Engine, length: number): void {
  const along = { axis: 1, length };
  for (const dtype of ["float64", "complex128"] as const) {
    const a = matrix(3, length, dtype);
    const lines = [0, 1, 2].map((row) => dft(rowOf(a, row)));
    const value = (row: number, point: number): Complex => lines[row][point];
    const name = `${dtype} 3×${length}`;
    expectElements(`fft of ${name}`, engine.fft(a, along), value, 1e-11);
    if (dtype === "complex128") continue;
    const half = engine.realFft(a, along);
    expectElements(`realFft of ${name}`, half, value, 1e-11);
    const scaled = (row: number, column: number): Complex => [length * element(a, row, column)[0], 0];
    expectElements(`inverseRealFft of ${name}`, engine.inverseRealFft(half, along), scaled, 1e-11);
  }
}

/** A line for the four-step method: points far apart by the definition, all of them by way of the inverse. */
function testLongFft(engine: Engine, length: number): void {
  const along = { axis: 1, length };
  const a = matrix(1, length, "float64");
  const spectrum = engine.fft(a, along);
  for (const point of [1, Math.floor(length / 3), length - 2]) {
    let [re, im] = [0, 0];
    for (let j = 0; j < length; j += 1) {
      const angle = (2 * Math.PI * ((j * point) % length)) / length;
      re += a.data[j] * cos(angle);
      im -= a.data[j] * sin(angle);
    }
    const [x, y] = element(spectrum, 0, point);
    if (hypot(x - re, y - im) > 1e-9)
      throw new Error(`self-test of fft of ${length}: expected ${re}, ${im} at ${point}, got ${x}, ${y}`);
  }
  const scaled = (row: number, column: number): Complex => [length * element(a, row, column)[0], 0];
  expectElements(`inverseFft of ${length}`, engine.inverseFft(spectrum, along), scaled, 1e-8);
  const half = engine.realFft(a, along);
  expectElements(`inverseRealFft of ${length}`, engine.inverseRealFft(half, along), scaled, 1e-8);
}

/** numpy.random.default_rng(3).random((1, 3)) and its float32 twin, from NumPy 2.4. */
const randomValues = {
  float64: [0.08564916714362436, 0.2368105065960997, 0.8012744652063969],
  float32: [0.8115044832229614, 0.08564913272857666, 0.1794406771659851],
};

function testRandom(engine: Engine, dtype: "float64" | "float32"): void {
  const value = (_row: number, column: number): Complex => [randomValues[dtype][column], 0];
  expectElements(`random ${dtype}`, engine.random({ shape: [1, 3], seed: 3, dtype }), value, 0);
}

/**
 * Whether this engine calculates rightly on this CPU and this JavaScript: one small case of every
 * kernel against its definition, not against another engine, which would take longer to load.
 * @throws Error naming the kernel that is wrong
 */
export function selfTest(engine: Engine): void {
  for (const dtype of ["float64", "float32", "complex128"] as const) testMatmul(engine, dtype);
  testRandom(engine, "float64");
  testRandom(engine, "float32");
  testFft2(engine, [4, 8]);
  // Small primes, and one that takes Bluestein's method.
  testFft2(engine, [3, 17]);
  testFft(engine, 12);
  testFft(engine, 7);
  testLongFft(engine, 1024);
}
