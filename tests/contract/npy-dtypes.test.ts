import { describe, expect, test } from "vitest";
import { descrInWords, storedDtype } from "../../contract/npy-dtypes.ts";

const viewOf = (...bytes: number[]) => new DataView(Uint8Array.from(bytes).buffer);

describe("the dtype of a descr", () => {
  test.each([
    ["<f8", "float64", true],
    [">f8", "float64", false],
    ["=f4", "float32", true],
    ["|b1", "bool", true],
    ["c16", "complex128", true],
    [">i8", "int64", false],
    ["<c8", "complex64", true],
    ["<f2", "float32", true],
    ["<u4", "int64", true],
    ["<u8", "float64", true],
  ] as const)("%s is %s", (descr, dtype, littleEndian) => {
    expect(storedDtype(descr)).toMatchObject({ stored: { dtype }, littleEndian });
  });

  test.each(["", "<", "<f16", "<c32", "|O", "<U3", "constructor", "<<f8", "f8 "])("%j is none", (descr) => {
    expect(storedDtype(descr)).toBeUndefined();
  });
});

describe("a number read as it is stored", () => {
  // IEEE 754 binary16: one, the largest, the least normal, the least subnormal, minus zero, and what is not finite.
  test.each([
    [0x3c00, 1],
    [0x7bff, 65_504],
    [0x0400, 2 ** -14],
    [0x0001, 2 ** -24],
    [0x8000, -0],
    [0xfc00, Number.NEGATIVE_INFINITY],
    [0x7e00, Number.NaN],
  ])("float16 0x%s is %d", (bits, value) => {
    const read = storedDtype("<f2")?.stored.read;
    expect(read?.(viewOf(bits & 0xff, bits >> 8), 0, true)).toBe(value);
    expect(read?.(viewOf(bits >> 8, bits & 0xff), 0, false)).toBe(value);
  });

  test("uint64 is rounded once, to the nearest", () => {
    const view = new DataView(new ArrayBuffer(8));
    view.setBigUint64(0, 2n ** 53n + 1n, true);
    expect(storedDtype("<u8")?.stored.read?.(view, 0, true)).toBe(2 ** 53);
    view.setBigInt64(0, -1n, true);
    expect(storedDtype("<u8")?.stored.read?.(view, 0, true)).toBe(2 ** 64);
  });
});

test("a descr that is no number says what it stands for", () => {
  expect(descrInWords("|O")).toContain("never loaded");
  expect(descrInWords("<U3")).toBe("'<U3': text");
  expect(descrInWords("<f16")).toBe("'<f16'");
});
