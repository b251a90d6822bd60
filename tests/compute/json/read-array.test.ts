import { readArray } from "@sluice/compute/json/read-array";
import { arrayFromJson } from "@sluice/contract/array-json";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bitsOf, expectSameBits, randomDoubles } from "../../support/compute/doubles.ts";
import { floating } from "../../support/contract/floating.ts";

const encoder = new TextEncoder();
const read = (text: string) => readArray(encoder.encode(text), 0);
/** The list is read, and its numbers are those of JSON.parse to the bit. */
function agrees(text: string): void {
  const answer = read(text);
  expect(answer?.end, text.slice(0, 80)).toBe(text.length);
  if (answer)
    expectSameBits(floating(answer.array).data, floating(arrayFromJson(JSON.parse(text), "x")).data);
}

describe("numbers are JSON.parse's to the bit", () => {
  test.each([
    ["zeros", "0,-0,0.0,-0.0,0e0,-0e-5,0e999,0.000000000000000000000000000000000000,0.0e-999"],
    [
      "integers",
      "1,-1,9,10,123456789012345678,9007199254740993,9007199254740992,18446744073709551615,99999999999999999999",
    ],
    [
      "too large",
      "1e308,1.7976931348623157e308,1.7976931348623158e308,1.7976931348623159e308,1e309,1e400,-1e999999999999",
    ],
    [
      "too small",
      "1e-323,5e-324,2.5e-324,2.4703282292062327e-324,2.4703282292062328e-324,1e-400,1e-999999999999",
    ],
    [
      "around the smallest normal",
      "2.2250738585072014e-308,2.2250738585072011e-308,2.225073858507201e-308,2.2250738585072012e-308",
    ],
    [
      "exponents",
      "1E5,1e+5,1e-5,1.5E+0010,123456789e-22,1e22,1e23,1e-22,1e-23,9e15,900719925474099e22,0.1e1,1e0000000000000000000000000001",
    ],
    [
      "leading zeros",
      "0.1,0.01,0.0001,0.00000000000001234567890123,0.00012345678901234567,0.000000000000000000012345678901234567890",
    ],
    [
      "points anywhere",
      "1.5,12.25,123.125,12345678.5,123456789.5,1234567890123456.5,12345678901234567.5,1.23456789012345678",
    ],
    // Clinger (1990) and Paxson (1991), "A Program for Testing IEEE Decimal-Binary Conversion".
    ["Clinger's", "1.448997445238699,9007199254740993e0,1e23,8.5e22,5.36870912e8"],
    [
      "Paxson's, closest to half an ulp",
      "5e+125,69e+267,999e-026,7861e-034,75569e-254,928609e-261,9210917e+080,84863171e+114,653777767e+273,5232604057e-298,27235667517e-109,653532977297e-123,3142213164987e-294,46202199371337e-072,231010996856685e-073,9324754620109615e+212,78459735791271921e+049,272104041512242479e+200,6802601037806061975e+198,20505426358836677347e-221,836168422905420598437e-234,4891559871276714924261e+222",
    ],
    [
      "Paxson's, just above and below",
      "9e-265,85e-037,623e+100,3571e+263,81661e+153,920657e-023,4603285e-024,87575437e-309,245540327e+122,6138508175e+120,83356057653e+193,619534293513e+124,2335141086879e+218,36167929443327e-159,609610927149051e-255,3743626360493413e-165,94080055902682397e-242,899810892172646163e+283,7120190517612959703e+120,25188282901709339043e-252,308984926168550152811e-052,6372891218502368041059e+064",
    ],
    [
      "ties",
      "9007199254740993,9007199254740995,4503599627370497.5,4503599627370496.5,1.00000000000000011102230246251565,1.00000000000000011102230246251566",
    ],
    [
      "the one that hung PHP and Java",
      "2.2250738585072011e-308,2.2250738585072012e-308,2.2250738585072014e-308",
    ],
    ["words", '"NaN","Infinity","-Infinity",1'],
  ])("%s", (_what, numbers) => agrees(`[${numbers}]`));

  test("halfway between two doubles, exactly, and a little to either side of it", () => {
    const halves: string[] = [];
    for (const value of randomDoubles(1000, 7)) {
      const half = exactHalfAbove(Math.abs(value));
      if (half === undefined) continue;
      const isWhole = !half.includes(".");
      const below = isWhole ? `${BigInt(half) - 1n}.` : `${half.slice(0, -1)}${Number(half.at(-1)) - 1}`;
      const above = (isWhole ? `${half}.` : half).padEnd(800, "0");
      halves.push(half, `${above}1`, `${below}${"9".repeat(500)}`);
    }
    expect(halves.length).toBeGreaterThan(300);
    agrees(`[${halves.join()}]`);
  });

  test("a million random bit patterns, thrice: as short as they go, with all digits, with too few or too many", () => {
    for (let seed = 1; seed <= 10; seed += 1) {
      const finite = randomDoubles(100_000, seed);
      agrees(`[${finite.join()}]`);
      agrees(`[${Array.from(finite, (value) => value.toExponential(16)).join()}]`);
      agrees(`[${Array.from(finite, (value) => value.toPrecision(1 + (seed % 21))).join(" , ")}]`);
    }
  }, 120_000);

  test("random decimals of any length and exponent", () => {
    const digits = fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: 1, maxLength: 40 });
    const decimal = fc
      .tuple(fc.boolean(), digits, fc.option(digits), fc.option(fc.integer({ min: -400, max: 400 })))
      .map(([isNegative, whole, fraction, exponent]) => {
        const start = `${isNegative ? "-" : ""}${whole.replace(/^0+(?=.)/, "")}`;
        return `${start}${fraction === null ? "" : `.${fraction}`}${exponent === null ? "" : `e${exponent}`}`;
      });
    fc.assert(
      fc.property(fc.array(decimal, { minLength: 50, maxLength: 50 }), (numbers) =>
        agrees(`[${numbers.join()}]`),
      ),
      { numRuns: 400 },
    );
  });
});

/** The decimal expansion of the middle between a double and the next, or undefined where that takes too long to say. */
function exactHalfAbove(value: number): string | undefined {
  const [bits = 0n] = bitsOf(Float64Array.of(value));
  const exponent = Number(bits >> 52n);
  if (exponent === 0 || exponent < 1023 - 200 || exponent > 1023 + 200) return undefined;
  const doubled = 2n * ((bits & 0xf_ffff_ffff_ffffn) | 0x10_0000_0000_0000n) + 1n;
  const power = exponent - 1076;
  if (power >= 0) return String(doubled << BigInt(power));
  const digits = String(doubled * 5n ** BigInt(-power)).padStart(-power + 1, "0");
  return `${digits.slice(0, power)}.${digits.slice(power)}`;
}

describe("shapes", () => {
  test.each([
    ["[]", [0]],
    ["[ [ ] , [ ] ]", [2, 0]],
    ["[1]", [1]],
    ["[[1,2],[3,4],[5,6]]", [3, 2]],
    ["\t[\n[\r[1] , [2]], [[3],[4]] ] tail", [2, 2, 1]],
    [`${"[".repeat(64)}7${"]".repeat(64)}`, Array(64).fill(1)],
  ])("%s", (text, shape) => {
    const start = text.indexOf("[");
    const answer = readArray(encoder.encode(text), start);
    expect(answer?.array.shape).toEqual(shape);
    expect(answer?.end).toBe(text.lastIndexOf("]") + 1);
  });

  test.each([
    "[[1,2],[3]]",
    "[[1],[2,3]]",
    "[1,[2]]",
    "[[1],2]",
    "[[],[1]]",
    "[[1],[]]",
    "[[[1]],[2]]",
    "[null]",
    "[true]",
    '["1"]',
    '["\\u004eaN"]',
    '["NaN]',
    "[{}]",
    "[1,]",
    "[,1]",
    "[1 2]",
    "[1,,2]",
    "[1",
    "[",
    "[1}",
    "[01]",
    "[-]",
    "[+1]",
    "[.5]",
    "[1.]",
    "[1.e5]",
    "[1e]",
    "[1e+]",
    "[-01]",
    "[0x1]",
    "[NaN]",
    "[Infinity]",
    "[1\u00a0]",
    "[1\u0000]",
    "[1\f]",
    "[1e5.5]",
    "[1.5.5]",
    "[--1]",
    "[1-2]",
    "[\u0661]",
    `${"[".repeat(65)}7${"]".repeat(65)}`,
  ])("%s is no dense array", (text) => expect(read(text)).toBeUndefined());

  test("reads past the block it holds at any place: numbers, words and brackets cut anywhere", () => {
    const row = '[-1.25e-3,"-Infinity",12345678901234567890.5,"NaN",0,1]';
    const rows = `[${Array(3000).fill(row).join(" ,\n")}]`;
    const expected = floating(arrayFromJson(JSON.parse(rows), "x")).data;
    for (let shift = 0; shift < row.length + 3; shift += 1) {
      const answer = read(`[${" ".repeat(shift)}${rows.slice(1)}`);
      expect(answer?.array.shape).toEqual([3000, 6]);
      if (answer) expectSameBits(floating(answer.array).data, expected);
    }
  });

  test("a number longer than a block is left to JSON.parse", () => {
    expect(read(`[0.${"1".repeat(70_000)}]`)).toBeUndefined();
    agrees(`[0.${"1".repeat(60_000)},1]`);
  });

  test("spaces longer than a block are passed over", () => agrees(`[1,${" ".repeat(200_000)}2]`));
});
