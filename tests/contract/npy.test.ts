import { readFileSync } from "node:fs";
import {
  type ArraySpec,
  arrayOver,
  byteLength,
  type DenseArray,
  type Dtype,
  elementCount,
  isComplex,
  zeros,
} from "@sluice/contract/array";
import { decodeNpy, encodeNpy, npyHeader, parseNpyHeader, receiveNpy } from "@sluice/contract/npy";
import { Problem } from "@sluice/contract/problem";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyArray } from "../support/contract/any-array.ts";

interface NpyCase {
  shape: number[];
  dtype: Dtype;
  order: "C" | "F";
  endian: "<" | ">";
  version: 1 | 2 | 3;
  base64: string;
}

const cases: NpyCase[] = JSON.parse(
  readFileSync(new URL("../fixtures/numpy/npy-files.json", import.meta.url), "utf8"),
);

/** Files of the dtypes that are converted, with NumPy's own conversion. */
const others: {
  stored: string;
  shape: number[];
  dtype: Dtype;
  order: string;
  base64: string;
  expected: string;
}[] = JSON.parse(readFileSync(new URL("../fixtures/numpy/npy-dtypes.json", import.meta.url), "utf8"));

/** A copy: a Buffer of its pool may lie at an odd address. */
const arrayIn = (base64: string, spec: ArraySpec): DenseArray =>
  arrayOver(spec, new Uint8Array(Buffer.from(base64, "base64")).buffer);

/** As scripts/fixtures/make_numpy_fixtures.py wrote it. */
function counted(spec: ArraySpec): DenseArray {
  const array: DenseArray = zeros(spec);
  for (let i = 0; i < elementCount(spec.shape); i += 1) {
    if (array.dtype === "int64") array.data[i] = -(2n ** 53n + 1n + BigInt(i));
    else if (array.dtype === "bool") array.data[i] = i % 3 === 1 ? 1 : 0;
    else if (isComplex(array)) array.data.set([i + 0.5, i - 0.25], 2 * i);
    else array.data[i] = i + 0.5;
  }
  return array;
}

/** A file with this header text, padded as NumPy does, and some zero bytes of data. */
function file(literal: string, dataLength = 0, version = 1): Uint8Array {
  const prefix = version === 1 ? 10 : 12;
  const length = literal.length + 1;
  const bytes = new Uint8Array(prefix + length + dataLength);
  bytes.set([0x93, ...Buffer.from("NUMPY"), version, 0, length & 0xff, length >> 8]);
  bytes.set(Buffer.from(`${literal}\n`, "latin1"), prefix);
  return bytes;
}

const arrays = anyArray(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 }));

describe("files NumPy wrote", () => {
  test.each(cases)(
    "$dtype of $shape, order $order, $endian, version $version",
    ({ base64, order, version, ...spec }) => {
      const bytes = new Uint8Array(Buffer.from(base64, "base64"));
      expect(parseNpyHeader(bytes)).toMatchObject({ version, littleEndian: spec.endian !== ">" });
      expect(decodeNpy(bytes)).toEqual(counted({ shape: spec.shape, dtype: spec.dtype }));
      if (order === "F" && spec.shape.length > 1 && elementCount(spec.shape) > 4) {
        expect(parseNpyHeader(bytes).fortranOrder).toBe(spec.shape.filter((extent) => extent > 1).length > 1);
      }
    },
  );
});

describe("files NumPy wrote of other dtypes become what its own astype makes of them", () => {
  test.each(others)("$stored of $shape, order $order", ({ base64, shape, dtype, expected }) => {
    const bytes = new Uint8Array(Buffer.from(base64, "base64"));
    expect(decodeNpy(bytes)).toEqual(arrayIn(expected, { shape, dtype }));
    expect(() => decodeNpy(bytes.subarray(0, -1))).toThrow(expect.objectContaining({ code: "invalid-npy" }));
  });
});

describe("a file received in pieces", () => {
  const wanted = [
    ...cases.map(({ base64, shape, dtype }) => ({ base64, ...counted({ shape, dtype }) })),
    ...others.map(({ base64, shape, dtype, expected }) => ({
      base64,
      ...arrayIn(expected, { shape, dtype }),
    })),
  ];
  const inPieces = fc.record({
    file: fc.constantFrom(...wanted),
    lengths: fc.array(fc.integer({ min: 1, max: 37 }), { minLength: 1 }),
    backwards: fc.boolean(),
  });

  test("is the array that it is as a whole, whatever its layout, the pieces and their order", () => {
    fc.assert(
      fc.property(inPieces, ({ file: { base64, ...expected }, lengths, backwards }) => {
        const bytes = new Uint8Array(Buffer.from(base64, "base64"));
        const buffer = new SharedArrayBuffer(byteLength(expected));
        const { array, write } = receiveNpy(bytes.subarray(0, bytes.length), bytes.length, () => buffer);
        const pieces: [Uint8Array, number][] = [];
        for (let at = 0; at < bytes.length; ) {
          const length = lengths[pieces.length % lengths.length] ?? 1;
          pieces.push([bytes.subarray(at, at + length), at]);
          at += length;
        }
        for (const [piece, at] of backwards ? pieces.toReversed() : pieces) write(piece, at);
        expect(array.data.buffer).toBe(buffer);
        expect({ ...array, data: array.data.slice() }).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });

  test("is refused by its length before anything is allocated", () => {
    const bytes = encodeNpy(counted({ shape: [2, 3], dtype: "float64" }));
    const allocate = () => {
      throw new Error("allocated");
    };
    expect(() => receiveNpy(bytes.subarray(0, 128), bytes.length - 1, allocate)).toThrow(
      expect.objectContaining({
        code: "invalid-npy",
        place: expect.objectContaining({ got: `${bytes.length - 1}` }),
      }),
    );
  });
});

describe("files of our own", () => {
  test("round-trip bit for bit, NaN, infinities and -0 included", () => {
    fc.assert(
      fc.property(arrays, (array) => {
        expect(decodeNpy(encodeNpy(array))).toEqual(array);
      }),
      { numRuns: 200 },
    );
  });

  test("have data on a 64-byte boundary and a header numpy.save would write", () => {
    fc.assert(
      fc.property(arrays, (array) => {
        const header = npyHeader(array);
        expect(header.length % 64).toBe(0);
        expect(header.at(-1)).toBe(0x0a);
        expect(encodeNpy(array).length).toBe(header.length + byteLength(array));
        expect(parseNpyHeader(header)).toMatchObject({
          fortranOrder: false,
          littleEndian: true,
          dataOffset: header.length,
        });
      }),
    );
  });

  test.each([
    ["float64", "<f8"],
    ["float32", "<f4"],
    ["complex128", "<c16"],
    ["complex64", "<c8"],
    ["int64", "<i8"],
    ["bool", "|b1"],
  ] as const)("say of %s %s, as numpy.save does", (dtype, descr) => {
    const text = Buffer.from(npyHeader({ shape: [3], dtype }).subarray(10)).toString("latin1");
    expect(text.trimEnd()).toBe(`{'descr': '${descr}', 'fortran_order': False, 'shape': (3,), }`);
    const written = cases.find(
      (one) => one.dtype === dtype && String(one.shape) === "3" && one.version === 1,
    );
    const bytes = new Uint8Array(Buffer.from(written?.base64 ?? "", "base64"));
    expect(encodeNpy(counted({ shape: [3], dtype }))).toEqual(bytes);
  });

  test("aligned data is a view of the file, unaligned data a copy", () => {
    const bytes = encodeNpy(counted({ shape: [4], dtype: "float64" }));
    expect(decodeNpy(bytes).data.buffer).toBe(bytes.buffer);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(decodeNpy(shifted.subarray(3))).toEqual(counted({ shape: [4], dtype: "float64" }));
  });
});

describe("the header's grammar", () => {
  test.each([
    ["keys in another order", "{'shape': (1,), 'fortran_order': False, 'descr': '<f8'}"],
    ["double quotes and no spaces", '{"descr":"<f8","fortran_order":False,"shape":(1,)}'],
    ["Python 2's long integers", "{'descr': '<f8', 'fortran_order': False, 'shape': (1L,), }"],
    ["no byte order", "{'descr': 'f8', 'fortran_order': False, 'shape': (1,), }"],
    ["the native byte order", "{'descr': '=f8', 'fortran_order': False, 'shape': (1,), }"],
    ["a trailing comma", "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 1,), }"],
    ["a 0-d shape", "{'descr': '<f8', 'fortran_order': True, 'shape': (), }"],
  ])("accepts %s", (_title, literal) => {
    expect(decodeNpy(file(literal, 8)).data).toEqual(new Float64Array(1));
  });

  const header = (descr: string, order: string, shape: string) =>
    `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }`;
  test.each([
    ["objects", header("'|O'", "False", "(1,)")],
    ["strings", header("'<U3'", "False", "(1,)")],
    ["dates", header("'<M8[ns]'", "False", "(1,)")],
    ["raw bytes", header("'|V8'", "False", "(1,)")],
    ["long doubles", header("'<f16'", "False", "(1,)")],
    ["a dtype of JavaScript's", header("'constructor'", "False", "(1,)")],
    ["records", header("[('x', '<f8')]", "False", "(1,)")],
    ["a call", header("__import__('os')", "False", "(1,)")],
    ["a number for the order", header("'<f8'", "0", "(1,)")],
    ["a number for the shape", header("'<f8'", "False", "(8)")],
    ["a list for the shape", header("'<f8'", "False", "[1]")],
    ["a negative extent", header("'<f8'", "False", "(-1,)")],
    ["a fractional extent", header("'<f8'", "False", "(1.5,)")],
    ["an extent beyond 2^53", header("'<f8'", "False", "(9007199254740993,)")],
    ["a product beyond 2^53", header("'<f8'", "False", "(1000000000, 1000000000)")],
    ["a product that hides behind a zero", header("'<f8'", "False", "(99999999999999999999, 0)")],
    ["65 axes", header("'<f8'", "False", `(${"1, ".repeat(65)})`)],
    ["an open tuple", header("'<f8'", "False", "(1,")],
    ["a missing key", "{'descr': '<f8', 'fortran_order': False, }"],
    ["a key twice", "{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (1,), }"],
    ["a key of its own", "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'x': 1}"],
    ["something after the dictionary", `${header("'<f8'", "False", "(1,)")} 1`],
    ["nothing", ""],
  ])("refuses %s", (_title, literal) => {
    expect(() => decodeNpy(file(literal, 8))).toThrow(expect.objectContaining({ code: "invalid-npy" }));
  });

  test("names what was expected and what came", () => {
    expect(() => decodeNpy(file(header("'|O'", "False", "(1,)"), 8))).toThrow(
      expect.objectContaining({
        place: {
          expected: expect.stringMatching(/^a number of NumPy's: float16, /),
          got: "'|O': Python objects, which are pickled and never loaded",
        },
      }),
    );
  });
});

describe("damaged files", () => {
  const good = encodeNpy(counted({ shape: [2, 3], dtype: "complex128" }));

  test("every truncation, and a byte too many, is refused", () => {
    for (let length = 0; length < good.length; length += 1) {
      expect(() => decodeNpy(good.subarray(0, length))).toThrow(Problem);
    }
    expect(() => decodeNpy(new Uint8Array([...good, 0]))).toThrow(
      expect.objectContaining({ place: expect.objectContaining({ got: `${good.length + 1}` }) }),
    );
  });

  test("a header over 10,000 bytes is refused before it is read", () => {
    expect(() => parseNpyHeader(file(" ".repeat(10_001), 0, 2))).toThrow(
      expect.objectContaining({ code: "invalid-npy" }),
    );
  });

  test.each([0, 4, 9])("version %i is refused", (version) => {
    const bytes = good.slice();
    bytes[6] = version;
    expect(() => decodeNpy(bytes)).toThrow(expect.objectContaining({ code: "invalid-npy" }));
  });

  test("changed bytes give an array or a Problem, never anything else", () => {
    const change = fc.tuple(fc.nat({ max: 127 }), fc.nat({ max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
        const bytes = good.slice();
        for (const [at, value] of changes) bytes[at] = value;
        try {
          const { shape, dtype, data } = decodeNpy(bytes);
          return byteLength({ shape, dtype }) === data.byteLength;
        } catch (error) {
          return error instanceof Problem && error.code === "invalid-npy";
        }
      }),
      { numRuns: 3000 },
    );
  });

  test("any text as a header gives an array or a Problem", () => {
    const piece = fc.constantFrom(
      "{",
      "}",
      "(",
      ")",
      ",",
      ":",
      "'descr'",
      "'<f8'",
      "'shape'",
      "'fortran_order'",
      "True",
      "1",
      "2L",
      " ",
      "'",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 24 }), (pieces) => {
        try {
          return decodeNpy(file(pieces.join(""))).data.length === 0;
        } catch (error) {
          return error instanceof Problem && error.code === "invalid-npy";
        }
      }),
      { numRuns: 2000 },
    );
  });
});
