import { readFileSync } from "node:fs";
import { type Arrays, random } from "@sluice/compute";
import { Pcg64 } from "@sluice/compute/random/pcg64";
import type { FloatingDtype } from "@sluice/contract/array";
import { decodeNpy } from "@sluice/contract/npy";
import { describe, expect, test } from "vitest";
import { eps, operand, relativeError } from "../../support/compute/arrays.ts";
import { runOn, testedEngines } from "../../support/compute/engines.ts";
import { floating } from "../../support/contract/floating.ts";

const fixture = (name: string) => new URL(`../../fixtures/numpy/${name}`, import.meta.url);
const json = (name: string) => JSON.parse(readFileSync(fixture(name), "utf8"));

interface RandomCase {
  seed: string;
  dtype: "float64" | "float32";
  skip: string | 0;
  values: number[];
}

interface OperationCase {
  operation: string;
  params: Record<string, unknown>;
  inputs: Record<string, { shape: number[]; dtype: FloatingDtype; seed: number }>;
  result: { shape: number[]; dtype: FloatingDtype; values: number[] };
}

const randomCases: RandomCase[] = json("random.json");
const operationCases: OperationCase[] = json("operations.json");

/** float32 results carry float32 rounding on both sides. */
const tolerance = (dtype: FloatingDtype): number => (dtype === "float32" ? 2 ** -21 : 32 * eps);

describe.each(testedEngines)("numpy.random.default_rng(seed).random on $name, bit for bit", ({ open }) => {
  const engine = open();

  test.each(randomCases.filter(({ skip }) => skip === 0))("seed $seed, $dtype", ({ seed, dtype, values }) => {
    expect([...engine.random({ shape: [values.length], seed, dtype }).data]).toEqual(values);
  });

  test.each(["float64", "float32"] as const)("all lengths of %s are beginnings of the longest", (dtype) => {
    // Past the 65,536 values of a block, and all remainders of the values made at a time.
    const long = random({ shape: [65_549], seed: 11, dtype }).data;
    for (const length of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 4097, 65_536, 65_537, 65_549]) {
      expect(engine.random({ shape: [length], seed: 11, dtype }).data).toEqual(long.slice(0, length));
    }
  });
});

describe("numpy.random.default_rng(seed).random", () => {
  test.each(randomCases.filter(({ skip }) => skip !== 0))(
    "after advance($skip)",
    ({ seed, skip, values }) => {
      const generator = new Pcg64(seed);
      generator.advance(BigInt(skip));
      expect(draw(generator, values.length)).toEqual(values);
    },
  );

  test("a number and its decimal string are one seed", () => {
    expect(random({ shape: [5], seed: 7 }).data).toEqual(random({ shape: [5], seed: "7" }).data);
  });

  test("a long array continues as a short one began, over all block borders", () => {
    const long = random({ shape: [20_001], seed: 3 }).data;
    expect(long.subarray(0, 9000)).toEqual(random({ shape: [9000], seed: 3 }).data);
    const generator = new Pcg64(3);
    generator.advance(20_000n);
    expect(long[20_000]).toBe(draw(generator, 1)[0]);
  });
});

/** The next float64 values, by the definition: (next >> 11) · 2^-53. */
function draw(generator: Pcg64, count: number): number[] {
  const words = new Int32Array(2 * count);
  generator.fill(words, count);
  return [...new BigUint64Array(words.buffer)].map((output) => Number(output >> 11n) * 2 ** -53);
}

describe.each(testedEngines)("operations on $name agree with NumPy", (engine) => {
  const named = operationCases.map((entry) => ({
    title: `${entry.operation} ${JSON.stringify(entry.params)} ${Object.values(entry.inputs)
      .map(({ shape, dtype }) => `${shape.join("×")} ${dtype}`)
      .join(", ")}`,
    ...entry,
  }));

  test.each(named)("$title", ({ operation, params, inputs, result }) => {
    const arrays: Arrays = Object.fromEntries(
      Object.entries(inputs).map(([name, { shape, dtype, seed }]) => [name, operand(shape, dtype, seed)]),
    );
    const actual = runOn(engine, operation, params, arrays).result;
    expect(actual).toMatchObject({ shape: result.shape, dtype: result.dtype });
    expect(relativeError(floating(actual).data, result.values)).toBeLessThan(tolerance(result.dtype));
  });

  test.each(["fft2", "spectral-projection"])("%s of 64×64", (operation) => {
    const expected = decodeNpy(readFileSync(fixture(`${operation}-64.npy`)));
    const a = operand([64, 64], "float64", operation === "fft2" ? 41 : 31);
    const actual = runOn(engine, operation, {}, { a }).result;
    expect(actual).toMatchObject({ shape: expected.shape, dtype: expected.dtype });
    expect(relativeError(floating(actual).data, floating(expected).data)).toBeLessThan(32 * eps);
  });
});
