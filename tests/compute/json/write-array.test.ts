import { JsonText, stringify } from "@sluice/compute/json/json-text";
import { arrayText } from "@sluice/compute/json/write-array";
import { type DenseArray, elementCount, zeros } from "@sluice/contract/array";
import { arrayToJson } from "@sluice/contract/array-json";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { randomDoubles, randomWords } from "../../support/compute/doubles.ts";

/** Enough that the kernel writes it, whatever it begins with. */
const kernelsShare = 8192;

/** `JSON.rawJSON`, which TypeScript's library does not know yet. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/** What `JSON.stringify` writes, but that -0 keeps its sign. */
function expectedText(array: DenseArray): string {
  return JSON.stringify(arrayToJson(array), (_, value) => (Object.is(value, -0) ? rawJSON("-0") : value));
}

/** The text is JSON.stringify's, byte for byte; said briefly where it is not. */
function agrees(array: DenseArray): void {
  const written = arrayText(array, Number.POSITIVE_INFINITY)?.text ?? "";
  const expected = expectedText(array);
  if (written === expected) return;
  const at = [...expected].findIndex((character, index) => character !== written[index]);
  expect(written.slice(Math.max(0, at - 60), at + 60)).toBe(expected.slice(Math.max(0, at - 60), at + 60));
}

function agreesOn(values: Iterable<number>): void {
  const numbers = Float64Array.from(values);
  const data = new Float64Array(Math.max(numbers.length, kernelsShare));
  data.set(numbers);
  agrees({ shape: [data.length], dtype: "float64", data });
}

/** The doubles next to a positive one. */
function neighbours(value: number): number[] {
  const bits = new BigInt64Array(Float64Array.of(value).buffer);
  return [-2n, -1n, 0n, 1n, 2n].map((step) => {
    const [near = Number.NaN] = new Float64Array(BigInt64Array.of((bits[0] ?? 0n) + step).buffer);
    return near;
  });
}

describe("numbers are written as JavaScript writes them", () => {
  test("three million of random bits", () => {
    for (let seed = 1; seed <= 3; seed += 1) agreesOn(randomDoubles(1_000_000, 100 + seed));
  }, 60_000);

  test("all powers of ten and of two, and their neighbours", () => {
    const tens = Array.from({ length: 617 }, (_, index) => Number(`1e${index - 308}`));
    const twos = Array.from({ length: 2098 }, (_, index) => 2 ** (index - 1074));
    agreesOn([...tens, ...twos].flatMap(neighbours).flatMap((value) => [value, -value]));
  });

  test("whole numbers, decimals of few digits, and where the notation changes", () => {
    const next = randomWords(5);
    agreesOn(Array.from({ length: 200_000 }, (_, index) => index - 100_000));
    agreesOn(Array.from({ length: 200_000 }, (_, index) => index / 1000));
    agreesOn(Array.from({ length: 200_000 }, () => next() * 2 ** (next() % 40)));
    agreesOn(
      Array.from({ length: 200_000 }, () => Number(`${next() % 10 ** (next() % 10)}e${(next() % 60) - 30}`)),
    );
    agreesOn([
      0, -0, 1e20, 1e21, 123456789012345680000, 1.5e21, 1e-6, 1e-7, 1.5e-6, 1.5e-7, 5e-324,
      1.7976931348623157e308,
    ]);
    agreesOn([2 ** 53, 2 ** 53 + 2, 1e22, 1e23, 0.1, 0.2, 0.30000000000000004, 1 / 3]);
  });

  test("float32 as the doubles they are", () => {
    const next = randomWords(9);
    const data = new Float32Array(Uint32Array.from({ length: 100_000 }, next).buffer);
    agrees({ shape: [100, 1000], dtype: "float32", data });
  });

  test("what JSON has no number for", () => {
    const words = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 1];
    agreesOn(Array.from({ length: 20_000 }, (_, index) => words[index % 5] ?? 0));
  });
});

describe("-0 keeps its sign", () => {
  test.each(["float64", "float32", "complex128"] as const)("in few numbers and in many, of %s", (dtype) => {
    for (const count of [1, kernelsShare]) {
      const array = zeros({ shape: [count, 2], dtype });
      array.data.fill(-0);
      array.data[1] = 0;
      agrees(array);
      expect(arrayText(array, Number.POSITIVE_INFINITY)?.text).toContain("[[-0,");
    }
  });

  test("without numbers, in a scalar", () => {
    expect(arrayText({ shape: [], dtype: "float64", data: Float64Array.of(-0) }, 9)?.text).toBe("-0");
  });
});

describe("nesting", () => {
  test("any shape and dtype", () => {
    const shapes = fc.array(fc.integer({ min: 0, max: 7 }), { maxLength: 6 });
    const specs = fc.record({
      shape: shapes,
      dtype: fc.constantFrom(
        "float64" as const,
        "float32" as const,
        "complex128" as const,
        "complex64" as const,
      ),
    });
    fc.assert(
      fc.property(specs, fc.nat(), ({ shape, dtype }, seed) => {
        const array = zeros({ shape, dtype });
        array.data.set(randomDoubles(array.data.length, seed));
        agrees(array);
      }),
      { numRuns: 150 },
    );
  });

  test.each([
    [[30_000]],
    [[30_000, 1]],
    [[1, 30_000]],
    [[3000, 1, 1, 1, 1, 1, 10, 1, 1]],
    [[1, 1, 1, 1, 30_000]],
    [Array.from({ length: 64 }, (_, axis) => (axis === 40 ? 10_000 : 1))],
    [[20_000, 0]],
    [[100, 0, 100]],
  ])("%j, over many blocks", (shape) => {
    for (const dtype of ["float64", "complex128"] as const) {
      const array = zeros({ shape, dtype });
      array.data.set(randomDoubles(array.data.length, elementCount(shape)));
      agrees(array);
    }
  });

  test("a view into a larger buffer is written alone", () => {
    const whole = randomDoubles(30_000, 3);
    agrees({ shape: [100, 100], dtype: "float64", data: whole.subarray(7, 10_007) });
  });
});

describe("the limit", () => {
  const arrays: [string, DenseArray][] = [
    ["small", { shape: [2, 2], dtype: "float64", data: Float64Array.of(1, Number.NaN, 3.5, -4) }],
    ["large", { shape: [100, 200], dtype: "float64", data: randomDoubles(20_000, 4) }],
    ["complex", { shape: [100, 100], dtype: "complex128", data: randomDoubles(20_000, 5) }],
    ["words", { shape: [20_000], dtype: "float64", data: new Float64Array(20_000).fill(Number.NaN) }],
  ];

  test.each(arrays)("counts each quote twice, and holds to the byte: %s", (_what, array) => {
    const { text, length } = arrayText(array, Number.POSITIVE_INFINITY) as JsonText;
    // As Lambda puts a body into its own JSON, without the quotes around it.
    expect(length).toBe(JSON.stringify(text).length - 2);
    expect(arrayText(array, length)?.text).toBe(text);
    expect(arrayText(array, length - 1)).toBeUndefined();
  });
});

describe("stringify", () => {
  test("is JSON.stringify where no text is", () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => stringify(value) === JSON.stringify(value)));
    expect(stringify({ a: undefined, b: [undefined, null], "c\n": { d: undefined } })).toBe(
      '{"b":[null,null],"c\\n":{}}',
    );
  });

  test("puts a text in as it is, and any other writer its value", () => {
    const value = { shape: [2], outputs: { result: { data: new JsonText("[1,  2]", 7) } } };
    expect(stringify(value)).toBe('{"shape":[2],"outputs":{"result":{"data":[1,  2]}}}');
    expect(JSON.stringify(value)).toBe('{"shape":[2],"outputs":{"result":{"data":[1,2]}}}');
  });
});
