import { whyMalformed } from "@sluice/compute/json/malformed";
import { parseJson } from "@sluice/compute/json/parse";
import { arrayFromJson } from "@sluice/contract/array-json";
import { arrayPlaces } from "@sluice/contract/submit";
import { describe, expect, test } from "vitest";
import { expectSameBits, randomWords } from "../../support/compute/doubles.ts";
import { accepted, refused } from "../../support/compute/json-texts.ts";
import { floating } from "../../support/contract/floating.ts";

const encoder = new TextEncoder();
/** Enough of nothing to make a document large, and a list in it. */
const wide = " ".repeat(131_072);
const long = " ".repeat(1024);
const oracle = (bytes: Uint8Array): unknown =>
  JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
const parse = (bytes: Uint8Array | string): unknown =>
  parseJson(typeof bytes === "string" ? encoder.encode(bytes) : bytes, arrayPlaces);

const isRead = (value: unknown): value is { data: Float64Array } =>
  (value as { data?: unknown } | null)?.data instanceof Float64Array;

/** Equal, where an array that was read stands for its lists; answers how many there were. */
function expectSame(got: unknown, expected: unknown): number {
  if (isRead(got)) {
    expectSameBits(got.data, floating(arrayFromJson(expected, "x")).data);
    expect(got).toMatchObject({ shape: arrayFromJson(expected, "x").shape });
    return 1;
  }
  if (typeof got !== "object" || got === null || Array.isArray(got)) {
    expect(got).toEqual(expected);
    return 0;
  }
  expect(Object.keys(got)).toEqual(Object.keys(expected as object));
  return Object.entries(got).reduce(
    (sum, [key, value]) => sum + expectSame(value, Object.getOwnPropertyDescriptor(expected, key)?.value),
    0,
  );
}

/** Accepts and refuses what JSON.parse does, and gives its values. */
function agrees(bytes: Uint8Array): "accepted" | "refused" {
  let expected: unknown;
  try {
    expected = oracle(bytes);
  } catch {
    expect(() => parse(bytes)).toThrow(SyntaxError);
    expect(whyMalformed(bytes)).toMatch(/^expected .+, got .+ at line \d+, column \d+$/s);
    return "refused";
  }
  expectSame(parse(bytes), expected);
  expect(whyMalformed(bytes)).toBeUndefined();
  return "accepted";
}

/** Small, among much space, inside a large list, and beside a matrix that is read. */
const embeddings: ((text: string) => string)[] = [
  (text) => text,
  (text) => `${text}${wide}`,
  (text) => `{"dataMatrix":[[1,2],[3,${long}${text}]]}${wide}`,
  (text) => `{"dataMatrix":[[1,2],[3,${long}4]],"labels":${text}}${wide}`,
];

describe("what JSON is and is not", () => {
  test.each(accepted)("%j is JSON", (text) => {
    for (const embed of embeddings)
      expect(agrees(encoder.encode(embed(text))), `as ${embed("…").slice(0, 20)}`).toBe("accepted");
  });

  test.each(refused)("%j is not", (text) => {
    for (const embed of embeddings) {
      const bytes =
        typeof text === "string" ? encoder.encode(embed(text)) : latin1(embed(String.fromCharCode(...text)));
      expect(agrees(bytes), `as ${embed("…").slice(0, 20)}`).toBe("refused");
    }
  });
});

const latin1 = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

describe("arrays", () => {
  const matrix = `[[1,-0],[${long}2.5e-3,"NaN"]]`;
  test.each([
    ["dataMatrix", `{"dataMatrix":${matrix}}`, 1],
    ["an input", `{"operation":"matmul","inputs":{"a":{"data":${matrix}},"b":{"data":${matrix}}}}`, 2],
    [
      "complex",
      `{"inputs":{"b":{"data":{"re":${matrix},"im":${matrix}}}}, "dataMatrix":{"im":${matrix},"re":${matrix}}}`,
      4,
    ],
    ["complex, one part short", `{"dataMatrix":{"re":${matrix},"im":[[1,2],[3,4]]}}`, 1],
    [
      "with escapes, a brace and a bracket in strings before",
      `{"labels":{"\\"[1,{":"\\\\","é":"\\u00e9]"},"dataMatrix":${matrix}}`,
      1,
    ],
    [
      "beside short lists",
      `{"params":{"axes":[0,1]},"inputs":{"b":{"random":{"shape":[2,2]}}},"dataMatrix":${matrix}}`,
      1,
    ],
    ["beside a ragged one", `{"inputs":{"a":{"data":[[1],[${long}2,3]]}},"dataMatrix":${matrix}}`, 1],
    [
      "after an earlier one of the same name: the later counts",
      `{"dataMatrix":[${long}7],"dataMatrix":${matrix}}`,
      0,
    ],
    ["where none is expected: lists", `{"params":{"x":${matrix}},"dataMatrix":${matrix}}`, 0],
    ["as the whole document: lists", matrix, 0],
    ["in a list: lists", `[{"dataMatrix":${matrix}}, "x"]`, 0],
    ["under __proto__: lists", `{"__proto__":{"dataMatrix":${matrix}}}`, 0],
    ["an input called __proto__", `{"inputs":{"__proto__":{"data":${matrix}}}}`, 1],
    ["beside half a surrogate pair", `{"labels":{"x":"\\uDFFF0"},"dataMatrix":${matrix}}`, 0],
    [
      "half a surrogate pair in place of one",
      `{"inputs":{"a":{"data":["\\udfff0"]}},"dataMatrix":${matrix}}`,
      0,
    ],
    [
      "behind more lists than are looked at",
      `{"params":{"x":[${"[0],".repeat(2)}"a"]},"l":{${Array.from({ length: 2000 }, (_, index) => `"${index}":[]`)}},"dataMatrix":${matrix}}`,
      0,
    ],
  ])("%s", (_what, text, count) => {
    expect(expectSame(parse(text + wide), JSON.parse(text))).toBe(count);
    expect(expectSame(parse(text), JSON.parse(text))).toBe(0);
  });

  test("endless nesting is followed no further than JSON.parse does", () => {
    for (const text of [
      `${"[".repeat(200_000)}1${"]".repeat(200_000)}`,
      `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`,
    ]) {
      expect(typeof parse(text)).toBe("object");
      expect(() => parse(text.slice(0, -1))).toThrow(/got the end of the text/);
    }
  });

  test("many unfinished lists take no longer than one long one", () => {
    const start = performance.now();
    expect(() => parse('["a",'.repeat(1_000_000))).toThrow(SyntaxError);
    expect(() => parse(`{"a":${"[1,".repeat(1_500_000)}`)).toThrow(SyntaxError);
    expect(parse(`{${Array.from({ length: 400_000 }, (_, index) => `"${index}":[1]`)}}`)).toBeTypeOf(
      "object",
    );
    expect(performance.now() - start).toBeLessThan(15_000);
  });
});

test("of thousands of documents bent at random, the same are refused and the others mean the same", () => {
  const documents = [
    `{"dataMatrix":[[1.5,-2e3,"NaN"],[0,-0.0,"-Infinity"]${long}],"params":{"seed":7,"x":[1,[2,{"y":null}]]}}`,
    `{"inputs":{"a":{"data":{"re":[${long}[[1],[12345678901234567890]]],"im":[[[1E-5],[0.1]]]}},"b":{"data":[[],[${long}]]}}}`,
    `{"labels":{"t\\u00e9":"\\"é\\\\"},"dataMatrix" : [ [ 1 , 2 ] , [ 3 , 4 ]${long} ] , "target":"auto", "b":[true,false] }`,
  ].map((text) => encoder.encode(text));
  const next = randomWords(11);
  const often = encoder.encode('[]{},:"\\ \n0123456789-+.eEnulltrueNaNInfinity\u00e9');
  const counts = { accepted: 0, refused: 0 };
  for (let turn = 0; turn < 2500; turn += 1) {
    const bytes = Array.from(documents[turn % documents.length] ?? []);
    for (let change = next() % 3; change >= 0; change -= 1) {
      const at = next() % bytes.length;
      const byte = next() % 8 === 0 ? next() % 256 : (often[next() % often.length] ?? 0);
      const kind = next() % 4;
      if (kind === 0) bytes.splice(at, 1);
      else if (kind === 1) bytes.splice(at, 0, byte);
      else if (kind === 2) bytes[at] = byte;
      else bytes.splice(at, 0, ...bytes.slice(next() % bytes.length, next() % bytes.length).slice(0, 20));
    }
    const core = Uint8Array.from(bytes);
    const padded = new Uint8Array(core.length + wide.length).fill(0x20);
    padded.set(core);
    counts[agrees(padded)] += 1;
  }
  expect(Math.min(counts.accepted, counts.refused)).toBeGreaterThan(250);
}, 120_000);

describe("what is wrong with a text is said in words", () => {
  test.each([
    ["", "expected a value, got the end of the text at line 1, column 1"],
    ['{"dataMatrix": [[1,]]}', 'expected a value, got "]" at line 1, column 20'],
    ['{\n  "dataMatrix": [[1, 2],\n  [3 4]]\n}', 'expected , or ], got "4" at line 3, column 6'],
    ["{'a': 1}", 'expected a name in double quotes or }, got "\'" at line 1, column 2'],
    ['{"a": 1,}', 'expected a name in double quotes, got "}" at line 1, column 9'],
    ['{"a" 1}', 'expected :, got "1" at line 1, column 6'],
    ['{"a": [1, NaN]}', 'expected a value, got NaN (write it as "NaN") at line 1, column 11'],
    ['{"a": True}', 'expected a value, got "True" at line 1, column 7'],
    ['{"é": 01}', 'expected , or }, got "1" at line 1, column 8'],
    ["[1] x", 'expected nothing more, got "x" at line 1, column 5'],
    ["[1,2", "expected , or ], got the end of the text at line 1, column 5"],
    ["\ufeff{}", "expected a value, got a byte order mark at line 1, column 1"],
    [
      '"a\nb"',
      "expected no control character in a string (it can be written as \\u000a), got one at line 1, column 3",
    ],
    [
      '"a\\x"',
      'expected \\", \\\\, \\/, \\b, \\f, \\n, \\r, \\t or \\u after a backslash, got something else at line 1, column 3',
    ],
    ['"\\u12g4"', "expected four hexadecimal digits after \\u, got something else at line 1, column 2"],
    ['["a]', "expected the closing quote of a string, got the end of the text at line 1, column 5"],
  ])("%j", (text, message) => expect(() => parse(text)).toThrow(message));

  test("bytes that are not UTF-8", () => {
    expect(() => parse(latin1('{"a": "\xe9"}'))).toThrow(
      "expected UTF-8, got bytes that are not at line 1, column 8",
    );
  });
});
