/**
 * Writes the tables of compute/math/, from whole numbers alone, so that they are the same on every machine:
 *
 *     npx node scripts/math-tables.ts
 *
 * tests/compute/math/tables.test.ts holds what is checked in against what this gives.
 */
import { writeFile } from "node:fs/promises";

/** Fixed point: x stands for x / 2^bits. So many because the largest float64 takes 1200 bits of 2/π. */
const bits = 1408n;
const one = 1n << bits;

const ratio = (numerator: number, denominator: number): bigint =>
  (BigInt(numerator) * one) / BigInt(denominator);
const times = (a: bigint, b: bigint): bigint => (a * b) >> bits;
const over = (a: bigint, b: bigint): bigint => (a << bits) / b;

/** Σ of terms, each made of the one before, until they vanish. */
function series(first: bigint, next: (term: bigint, index: number) => bigint): bigint {
  let sum = 0n;
  for (let [term, index] = [first, 1]; term !== 0n && term !== -1n; index += 1) {
    sum += term;
    term = next(term, index);
  }
  return sum;
}

/** atan(x) for |x| ≤ 1, halved as often as the series needs: atan(x) = 2·atan(x / (1 + √(1 + x²))). */
function atan(x: bigint): bigint {
  if (x > one >> 3n) return 2n * atan(over(x, one + squareRoot(one + times(x, x))));
  const square = times(x, x);
  let sum = 0n;
  for (let [power, index] = [x, 0n]; power !== 0n; power = times(power, square), index += 1n) {
    sum += (index % 2n === 0n ? power : -power) / (2n * index + 1n);
  }
  return sum;
}

/** By Newton's iteration on whole numbers. */
function squareRoot(x: bigint): bigint {
  const target = x << bits;
  let root = one << 2n;
  for (;;) {
    const better = (root + target / root) >> 1n;
    if (better >= root) return root;
    root = better;
  }
}

const sin = (x: bigint): bigint =>
  series(x, (term, index) => -times(times(term, x), x) / BigInt(2 * index * (2 * index + 1)));
const cos = (x: bigint): bigint =>
  series(one, (term, index) => -times(times(term, x), x) / BigInt((2 * index - 1) * 2 * index));
const exp = (x: bigint): bigint => series(one, (term, index) => times(term, x) / BigInt(index));

/** Of 1/2 < x < 2: 2·artanh((x - 1)/(x + 1)). */
function log(x: bigint): bigint {
  const t = over(x - one, x + one);
  const square = times(t, t);
  let sum = 0n;
  for (
    let [power, index] = [t, 0n];
    power !== 0n && power !== -1n;
    power = times(power, square), index += 1n
  ) {
    sum += power / (2n * index + 1n);
  }
  return 2n * sum;
}

const pi = 4n * atan(one);
const ln2 = 2n * log(ratio(4, 3)) - log(ratio(8, 9));
const ln10 = 3n * ln2 + log(ratio(5, 4));

/** By way of 300 bits, which float64 can count. */
const toNumber = (x: bigint): number => Number(x >> (bits - 300n)) / 2 ** 300;
const toFixed = (x: number): bigint => BigInt(x * 2 ** 300) << (bits - 300n);

/** x as float64 and the rest. */
function halves(x: bigint): [number, number] {
  const hi = toNumber(x);
  return [hi, toNumber(x - toFixed(hi))];
}

/** x as parts of so many bits, counted from the leading one of x, and a last one of 53. */
function parts(x: bigint, widths: readonly number[]): number[] {
  const [width, ...rest] = widths;
  if (width === undefined) return [toNumber(x)];
  const drop = BigInt(x.toString(2).length - width);
  const part = (x >> drop) << drop;
  return [toNumber(part), ...parts(x - part, rest)];
}

const upTo = (last: number): number[] => Array.from({ length: last + 1 }, (_, index) => index);

/** A reciprocal of so few bits that its product with half a float64 is exact. */
const shortReciprocal = (x: number): number => Math.round(512 / x) / 512;

interface Table {
  readonly name: string;
  readonly about: string;
  readonly value: number | readonly number[] | Readonly<Record<string, number>>;
}

const logSteps = 128;
/** Where the mantissas of log's table begin: 0.6875, so that 1 is not at an end of it. */
const logFirst = 0.6875;

/** For mantissas from logFirst on in 128 steps of 2^-7 of their power of two: 1/c in few bits, and log c. */
function logTable(): number[] {
  return upTo(logSteps - 1).flatMap((step) => {
    const below = logFirst + step / 256;
    const [from, width] = below < 1 ? [below, 1 / 256] : [1 + (below - 1) * 2, 1 / 128];
    const nearOne = from === 1 || from + width === 1;
    const reciprocal = nearOne ? 1 : shortReciprocal(from + width / 2);
    return [reciprocal, ...logHalves(-log(toFixed(reciprocal)))];
  });
}

/** The first half is a multiple of 2^-42: with a multiple of ln 2 of as few bits its sum is exact. */
function logHalves(x: bigint): [number, number] {
  const drop = bits - 42n;
  const hi = (x >> drop) << drop;
  return [toNumber(hi), toNumber(x - hi)];
}

const constant = (name: string, about: string, value: Table["value"]): Table => ({ name, about, value });

/** f(k / 64) for k = 0 … last: hi, lo. */
const sampled = (f: (x: bigint) => bigint, last: number): number[] =>
  upTo(last).flatMap((k) => halves(f(ratio(k, 64))));

const stepped = (f: (x: bigint) => bigint): number[] =>
  upTo(16).flatMap((k) => halves(f((BigInt(k) * pi) >> 6n)));

/** 24 bits each. */
function digitsOf(x: bigint, count: number): number[] {
  return upTo(count - 1).map((index) => Number((x >> (bits - 24n * BigInt(index + 1))) & 0xff_ff_ffn));
}

const files: Readonly<Record<string, readonly Table[]>> = {
  angles: [
    constant("stepsPerQuarter", "Steps of the tables below in a quarter turn.", 32),
    constant("angleStep", "π/64.", pair(pi >> 6n)),
    constant("stepCosines", "cos(kπ/64) for k = 0 … 16: hi, lo.", stepped(cos)),
    constant("stepSines", "sin(kπ/64) for k = 0 … 16: hi, lo.", stepped(sin)),
  ],
  circular: [
    constant("quarterTurnParts", "π/2 in parts of 43, 43 and 53 bits.", parts(pi >> 1n, [43, 43])),
    constant(
      "quarterTurnFineParts",
      "π/2 in parts of 33, 33, 33 and 53 bits.",
      parts(pi >> 1n, [33, 33, 33]),
    ),
    constant("quarterTurn", "π/2.", pair(pi >> 1n)),
    constant("inverseQuarterTurn", "2/π.", toNumber(over(2n * one, pi))),
    constant("inverseQuarterTurnDigits", "2/π in digits of 24 bits.", digitsOf(over(2n * one, pi), 52)),
    constant("arctangents", "atan(k/64) for k = 0 … 64: hi, lo.", sampled(atan, 64)),
  ],
  exponential: [
    constant("stepsPerUnit", "128/ln 2.", toNumber(over(128n * one, ln2))),
    constant("stepParts", "ln 2/128 in parts of 32 and 53 bits.", parts(ln2 >> 7n, [32])),
    constant(
      "powers",
      "2^(k/128) for k = 0 … 127: rounded to float64, and the rest over that.",
      upTo(127).flatMap((k) => {
        const value = exp((BigInt(k) * ln2) >> 7n);
        const hi = toNumber(value);
        return [hi, toNumber(over(value, toFixed(hi)) - one)];
      }),
    ),
  ],
  logarithm: [
    constant("naturalOfTwo", "ln 2: a multiple of 2^-42, and the rest.", logHalves(ln2)),
    constant("inverseOfLogTwo", "1/ln 2 in parts of 27 and 53 bits.", parts(over(one, ln2), [27])),
    constant("inverseOfLogTen", "1/ln 10 in parts of 27 and 53 bits.", parts(over(one, ln10), [27])),
    constant(
      "reciprocals",
      "For mantissas from 0.6875 on, in 128 steps of 2^-7 of their power of two: 1/c in 10 bits, and ln c as ln 2 above.",
      logTable(),
    ),
  ],
};

function pair(x: bigint): Readonly<Record<string, number>> {
  const [hi, lo] = halves(x);
  return { hi, lo };
}

/** As Biome formats numbers: as many in a line as fit. */
function listed(values: readonly number[]): string {
  const lines = [" "];
  for (const value of values) {
    const line = `${lines.at(-1)} ${value},`;
    if (line.length <= 110) lines[lines.length - 1] = line;
    else lines.push(`  ${value},`);
  }
  return `[\n${lines.join("\n")}\n]`;
}

function valueText(value: Table["value"], before: number): string {
  if (typeof value === "number") return String(value);
  if (Array.isArray(value)) {
    const line = `[${value.join(", ")}]`;
    return before + line.length < 110 ? line : listed(value);
  }
  const fields = Object.entries(value).map(([name, part]) => `${name}: ${part}`);
  return `{ ${fields.join(", ")} }`;
}

/** File → text, for compute/math/tables/. */
export const tableFiles: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(files).map(([file, tables]) => [
    `${file}.ts`,
    [
      "// Written by scripts/math-tables.ts: do not edit.",
      "// biome-ignore-all lint/suspicious/noApproximativeNumericConstant: a table rounds by its own rule.",
      ...tables.map(
        ({ name, about, value }) =>
          `\n/** ${about} */\nexport const ${name} = ${valueText(value, `export const ${name} = `.length)};`,
      ),
      "",
    ].join("\n"),
  ]),
);

if (import.meta.main) {
  for (const [file, text] of Object.entries(tableFiles))
    await writeFile(new URL(`../compute/math/tables/${file}`, import.meta.url), text);
}
