import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";

/** Rules of the house that no linter knows: how full a folder is, and that a file's test is where one looks for it. */

const root = path.resolve(import.meta.dirname, "../..");
const rooms = ["contract", "compute", "jobs", "aws", "functions", "container", "deploy", "local"];
const mostLines = 250;
const mostFiles = 20;

/** Folders with more, and why. */
const fullFolders: Readonly<Record<string, string>> = {
  "compute/engines/factorizations":
    "one file for each step of LAPACK's methods, and all methods share the steps",
  "compute/engines/wasm/fft": "one file for each way through an FFT: their choice stands in recipe.ts",
};

/** Files with logic and no test of their own name, and which tests hold them. */
const heldElsewhere: Readonly<Record<string, string>> = {
  "aws/clients.ts": "settings of the SDK: s3/object-range, telemetry/events and ecs/tasks run against them",
  "aws/dynamodb/stored-values.ts": "dynamodb/job-store writes and reads such values",
  "aws/ports.ts": "wiring alone: aws/calls-per-job and tests/e2e run all of it",
  "contract/array.ts": "byte counts and zeros: each codec's test works with them",
  "contract/job.ts": "isTerminal lists three of five words, which every test of the lifecycle goes through",
  "contract/npy-layout.ts": "contract/npy cuts files of every layout into pieces",
  "contract/plain-record.ts": "contract/submit and functions/bad-input send such keys",
  "jobs/cost/bill-items.ts": "sums and calls by their price: cost/bill works them out by hand",
  "jobs/lifecycle/apply.ts": "lifecycle/settle, sweep/due and api/own-jobs: decisions, raced and repeated",
  "jobs/lifecycle/at-once.ts": "submit/express looks at the whole record, and its view",
  "jobs/lifecycle/attempts.ts": "lifecycle/next-rules counts attempts and sizes the next one",
  "jobs/lifecycle/dependents.ts": "lifecycle/inputs: subscribed, notified, and neither",
  "jobs/lifecycle/effects.ts": "lifecycle/next compares the effects of every decision",
  "jobs/lifecycle/event.ts": "lifecycle/completion and sweep/outbox publish it",
  "jobs/lifecycle/evidence.ts": "types, and a constructor that lifecycle/settle uses",
  "jobs/lifecycle/measures.ts": "lifecycle/completion counts every end",
  "jobs/lifecycle/new-job.ts": "submit/submit compares the whole record",
  "jobs/lifecycle/task.ts": "lifecycle/next has a row for each stop of a task",
  "jobs/log-context.ts": "one object of four fields",
  "jobs/ports.ts": "types, and the errors that tests/aws/s3 throws",
  "jobs/record.ts": "types, and readers that aws/versions runs over records of every release",
  "jobs/run/claim.ts": "run/run: one claim wins, whatever is lost or repeated",
  "jobs/submit/stored-inputs.ts": "submit/submit lays all inputs into one object, and reads them back",
  "jobs/run/stopped.ts": "an error with a reason: run/heartbeat throws each",
};

const tracked = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => file.endsWith(".ts") && existsSync(path.join(root, file)));
const product = tracked.filter((file) => rooms.includes(file.split("/")[0] ?? ""));
const sourceOf = (file: string) => readFileSync(path.join(root, file), "utf8");

/** Lines that say something. */
const linesOf = (source: string) => source.split("\n").filter((line) => line.trim() !== "").length;

/** A file that only has types and data needs no test. */
const hasLogic = (source: string) =>
  /^(export )?(default )?(async )?function\b|^(export )?(abstract )?class\b|^(export )?const \w+ = (async )?\(/m.test(
    source,
  );

const hasTest = (file: string) => {
  const name = `tests/${file.slice(0, -".ts".length)}`;
  return [`${name}.test.ts`, `${name}.property.test.ts`].some((test) => tracked.includes(test));
};

describe("product code", () => {
  test("is there to be held to the rules", () => {
    for (const room of rooms)
      expect(product.filter((file) => file.startsWith(`${room}/`)).length).toBeGreaterThan(0);
  });

  test(`has no file of more than ${mostLines} lines`, () => {
    expect(product.filter((file) => linesOf(sourceOf(file)) > mostLines)).toEqual([]);
  });

  test(`has no folder of more than ${mostFiles} files, but for those with a reason`, () => {
    const counts = new Map<string, number>();
    for (const file of product) {
      const folder = path.dirname(file);
      counts.set(folder, (counts.get(folder) ?? 0) + 1);
    }
    const full = [...counts].filter(([, count]) => count > mostFiles).map(([folder]) => folder);
    expect(full.sort()).toEqual(Object.keys(fullFolders).sort());
  });
});

/** What ECMAScript leaves to the engine, and V8 to a C compiler and library that differ by CPU. */
const inexact =
  /\bMath\.(a?sinh?|a?cosh?|a?tanh?|atan2|cbrt|exp|expm1|hypot|log|log1p|log10|log2|pow|random)\b|\{[^}]*\b(sin|cos|exp|log|tanh|sinh|cosh|tan|pow|hypot)\b[^}]*\} = Math\b/;
/** Powers of two are exact everywhere, and so are those of a bigint. */
const inexactPower = /(?<!\b2|\d+n) \*\*=? /;
const withoutComments = (source: string) => source.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
const isInexact = (source: string) =>
  inexact.test(withoutComments(source)) || inexactPower.test(withoutComments(source));

describe("compute/ gives the same bytes on every CPU", () => {
  test("it takes exp, log, sin and their kind from compute/math, nothing inexact from Math, and no powers but of two", () => {
    const files = product.filter((file) => file.startsWith("compute/"));
    expect(files.filter((file) => isInexact(sourceOf(file)))).toEqual([]);
  });

  test.each([
    ["const y = Math.exp(x);", true],
    ["const { abs, cos: cosine } = Math;", true],
    ["const y = values.map(Math.log1p);", true],
    ["const y = x ** 2;", true],
    ["const y = x ** (1 / p);", true],
    ["y **= 2;", true],
    ["const y = Math.random();", true],
    ["/** As Math.exp, which is x ** 2. */", false],
    ["// Math.hypot would do.", false],
    ["const { abs } = Math;", false],
    ["const y = 2 ** -k * Math.sqrt(Math.abs(x)) + 10n ** 3n;", false],
  ])("%j is told: %j", (source, expected) => expect(isInexact(source)).toBe(expected));
});

describe("a test lies under the name of what it tests", () => {
  const untested = product.filter(
    (file) => /^(jobs|aws|contract)\//.test(file) && hasLogic(sourceOf(file)) && !hasTest(file),
  );

  test("in jobs/, aws/ and contract/, but for files that other tests hold", () => {
    expect(untested.filter((file) => heldElsewhere[file] === undefined)).toEqual([]);
  });

  test("and the list of those names no file that is gone or has a test by now", () => {
    expect(Object.keys(heldElsewhere).filter((file) => !untested.includes(file))).toEqual([]);
  });

  test.each([
    ["export function a() {}", true],
    ["async function a() {}", true],
    ["export class A extends Error {}", true],
    ["export const a = (b: number) => b;", true],
    ["export interface A {\n  b(): void;\n}", false],
    ["export const a = { b: 1 } as const;\nexport type B = () => void;", false],
  ])("logic is told from types and data: %j", (source, logic) => expect(hasLogic(source)).toBe(logic));
});

test("helpers of tests lie in tests/support, under a folder of their room", () => {
  const loose = tracked.filter((file) => /^tests\/support\/[^/]+$/.test(file));
  const beside = tracked.filter(
    (file) =>
      /^tests\/(jobs|aws|contract|functions|infra|local|deploy|compute)\//.test(file) &&
      !/\.test\.ts$/.test(file),
  );
  expect([...loose, ...beside]).toEqual([]);
});
