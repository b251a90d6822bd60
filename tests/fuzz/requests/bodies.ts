import { maxBodyBytes } from "@sluice/contract/limits";
import fc from "fast-check";
import { nestedNumbers } from "./arrays.ts";
import { brokenExample, operationBody } from "./operations.ts";
import { programBody } from "./programs.ts";
import { junk, nested, oddKey, orJunk } from "./values.ts";

/** What may come as the body of a submit or a plan. */

const labels = fc.oneof(
  fc.dictionary(fc.constantFrom("team", "constructor", "x"), fc.constantFrom("a", "", "é", "x".repeat(64))),
  fc
    .integer({ min: 1, max: 12 })
    .map((count) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`l${i}`, ""]))),
);

/** Fields beside operation, params and inputs. */
const beside = fc.record(
  {
    labels: orJunk(labels),
    maxSeconds: orJunk(fc.constantFrom<unknown>(1, 60, 600, 3600, 21_600, 21_601)),
    target: orJunk(fc.constantFrom<unknown>("auto", "lambda"), 20),
  },
  { requiredKeys: [] },
);

const sometimes = fc.oneof(
  { weight: 9, arbitrary: fc.constant<object>({}) },
  { weight: 1, arbitrary: beside },
);

const submission: fc.Arbitrary<object> = fc
  .tuple(
    fc.oneof(
      { weight: 8, arbitrary: operationBody },
      { weight: 3, arbitrary: programBody },
      { weight: 2, arbitrary: brokenExample },
      { weight: 2, arbitrary: nestedNumbers.map((dataMatrix) => ({ dataMatrix })) },
    ),
    sometimes,
  )
  .map(([body, more]) => ({ ...body, ...more }));

/** JSON text that was damaged on its way: cut, a character changed, a key said twice. */
const damaged = (text: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(
      text,
      fc.nat(),
      fc.constantFrom("", ",", "]", "{", '"', "\\", "\u0000", "NaN", "1e999", "é", '"__proto__":1,'),
    )
    .map(([whole, at, put]) => {
      const place = at % (whole.length + 1);
      return put === "" ? whole.slice(0, place) : whole.slice(0, place) + put + whole.slice(place + 1);
    });

const withOddKey = fc
  .tuple(submission, oddKey, fc.constantFrom("", "params", "labels", "inputs"), junk)
  .map(([body, key, into, value]) => {
    const said = `${JSON.stringify(key)}:${JSON.stringify(value) ?? "null"}`;
    const [field, holder] = into === "" ? ["", said] : [into, `${JSON.stringify(into)}:{${said}}`];
    const { [field]: _replaced, ...rest } = body as Record<string, unknown>;
    const text = JSON.stringify(rest);
    return `${text.slice(0, -1)}${text === "{}" ? "" : ","}${holder}}`;
  });

/** Not an object, or not JSON. */
const noObject = fc.oneof(
  fc.constantFrom(
    "",
    "false",
    "0",
    "null",
    "true",
    '""',
    "[]",
    "[[1]]",
    "1e999",
    "-0",
    "{",
    "}",
    "\ufeff{}",
    "{}{}",
  ),
  fc.constantFrom(
    "[".repeat(100_000),
    `{"params":${"[".repeat(5000)}${"]".repeat(5000)}}`,
    `{"a":`.repeat(5000),
  ),
  junk.map((value) => JSON.stringify(value) ?? ""),
  fc.integer({ min: 3, max: 3000 }).map((levels) => JSON.stringify({ params: { axis: nested(levels) } })),
);

/** Large ones: many keys, many rows, long words. Each costs as much as a hundred others. */
const large = fc.constantFrom<() => string>(
  () => `{"dataMatrix":"${"x".repeat(maxBodyBytes)}"}`,
  () => `{"labels":{${Array.from({ length: 60_000 }, (_, i) => `"l${i}":""`).join()}}}`,
  () => `{"inputs":{${Array.from({ length: 60_000 }, (_, i) => `"i${i}":0`).join()}}}`,
  () => `{"dataMatrix":[${"[],".repeat(400_000)}[]]}`,
  () => `{"dataMatrix":[${"[1],".repeat(200_000)}[1,2]]}`,
  () => `{"dataMatrix":[${"[[[1]]],".repeat(100_000)}1]}`,
  () => `{"operation":"sum","dataMatrix":[[${"1e-5,".repeat(200_000)}1]]}`,
  () => `{"params":{"axis":[${"0,".repeat(500_000)}0]}}`,
);

/** Text of a body, of which most is a submission. */
export const submissionText: fc.Arbitrary<string> = fc.oneof(
  { weight: 300, arbitrary: submission.map((body) => JSON.stringify(body)) },
  { weight: 40, arbitrary: damaged(submission.map((body) => JSON.stringify(body))) },
  { weight: 25, arbitrary: withOddKey },
  { weight: 25, arbitrary: noObject },
  { weight: 2, arbitrary: large.map((make) => make()) },
);

/** The same of a batch: mostly a few submissions, with defaults or without. */
const batch = fc.record(
  {
    jobs: orJunk(fc.array(orJunk(submission, 12), { maxLength: 6 }), 12),
    defaults: orJunk(fc.oneof(beside, operationBody), 12),
  },
  { requiredKeys: ["jobs"] },
);
export const batchText: fc.Arbitrary<string> = fc.oneof(
  { weight: 30, arbitrary: batch.map((body) => JSON.stringify(body)) },
  { weight: 3, arbitrary: damaged(batch.map((body) => JSON.stringify(body))) },
  { weight: 2, arbitrary: noObject },
  {
    weight: 1,
    arbitrary: fc.constantFrom(1000, 1001, 100_000).map((count) => `{"jobs":[${"0,".repeat(count)}0]}`),
  },
);

/** The same of an upload. */
export const uploadText: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .record({ bytes: orJunk(fc.constantFrom<unknown>(1, 128, 5e9, 5e9 + 1, 0, 1.5), 6) })
      .map((body) => JSON.stringify(body)),
  },
  { weight: 1, arbitrary: noObject },
  { weight: 1, arbitrary: damaged(fc.constant('{"bytes": 128}')) },
);
