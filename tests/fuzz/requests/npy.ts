import fc from "fast-check";

/** `.npy` files: good ones, cut off, with headers that lie, and with headers that are not NumPy's. */

const goodDescr = ["<f8", "<f4", "<c16", ">f8", "<i8", "|b1", "<f2", "|u1"];
const badDescr = ["|O", "<U5", "|V8", "<M8[ns]", "<f16", "", "<f8'", "[('a', '<f8')]", "constructor"];
const goodShape = ["(2, 2)", "(3,)", "()", "(1, 4)", "(2, 2, 2)", "(0,)", "(0, 3)"];
const oddShape = [
  ...["(1000000000000000,)", "(0, 1000000000000000)", "(9007199254740993, 0)", "(100000000, 0)", "(1e3,)"],
  ...["(-1,)", "(2**30,)", "(2L, 2L)", "(True,)", "(2", "2", "[2]", "((2,),)", `(${"1,".repeat(70)})`],
  `${"(".repeat(2000)}`,
];

const literal = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom(...goodDescr), fc.constantFrom("False", "True"), fc.constantFrom(...goodShape))
      .map(
        ([descr, order, shape]) => `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }`,
      ),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.constantFrom(...goodDescr, ...badDescr),
        fc.constantFrom("False", "True", "1", "None"),
        fc.constantFrom(...goodShape, ...oddShape),
      )
      .map(([descr, order, shape]) => `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}}`),
  },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 200 }) },
);

/** What the length field says: what is there, or anything. */
const lengthField = fc.oneof(
  { weight: 8, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constantFrom(0, 1, 9_999, 10_001, 65_535, 2 ** 31, 2 ** 32 - 1) },
);

interface Parts {
  readonly magic: string;
  readonly version: number;
  readonly literal: string;
  readonly length: number | undefined;
  readonly dataBytes: number;
  readonly keep: number;
}

function fileOf({ magic, version, literal, length, dataBytes, keep }: Parts): Uint8Array {
  const text = Buffer.from(`${literal}\n`, "latin1");
  const field = Buffer.alloc(version === 1 ? 2 : 4);
  const said = length ?? text.length;
  if (version === 1) field.writeUInt16LE(said % 65_536);
  else field.writeUInt32LE(said);
  const start = Buffer.concat([Buffer.from(magic, "latin1"), Buffer.from([version, 0]), field, text]);
  const whole = Buffer.concat([start, Buffer.alloc(dataBytes, 0x3f)]);
  return new Uint8Array(whole.subarray(0, Math.ceil(whole.length * keep)));
}

/** A file of few bytes. Most of those that are wrong are wrong in one thing. */
export const npyFile: fc.Arbitrary<Uint8Array> = fc
  .record<Parts>({
    magic: fc.oneof(
      { weight: 15, arbitrary: fc.constant("\x93NUMPY") },
      { weight: 1, arbitrary: fc.constantFrom("\x93NUMPZ", "PK\x03\x04", "") },
    ),
    version: fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(1, 1, 2, 3) },
      { weight: 1, arbitrary: fc.constantFrom(0, 4, 255) },
    ),
    literal,
    length: lengthField,
    dataBytes: fc.constantFrom(32, 32, 32, 24, 64, 0, 8, 16, 4, 33, 512),
    keep: fc.oneof(
      { weight: 8, arbitrary: fc.constant(1) },
      { weight: 1, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
    ),
  })
  .map(fileOf);
