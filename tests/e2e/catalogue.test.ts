import { catalogue, engine } from "@sluice/compute";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { client } from "../../acceptance/support/client.ts";
import { type Stack, startStack } from "../../local/stack-process.ts";
import manifest from "../../package.json" with { type: "json" };
import { representatives } from "../support/compute/representatives.ts";

/** Examples of the catalogue, as they stand, on both lanes of a real stack: one of each family of operations. */
let stack: Stack;
let http: ReturnType<typeof client>;

beforeAll(async () => {
  stack = await startStack();
  http = client(stack.url);
});

afterAll(async () => {
  expect(await stack?.stop()).toBe(0);
});

const entries = catalogue();
/** Tasks started together: more than the cores would only wait for each other. */
const atOnce = 6;

/** All numbers of a result, whatever its nesting. */
function numbersOf(value: unknown): number[] {
  if (Array.isArray(value)) return value.flatMap(numbersOf);
  if (typeof value === "object" && value !== null) return Object.values(value).flatMap(numbersOf);
  return [Number(value)];
}

/**
 * Unique but for the sign of each column or row, which is the library's: OpenBLAS's on one lane, ours on the other.
 * Of QR both have LAPACK's. Eigenvectors of `eig` are unique but for a phase, which both make real in the example.
 */
const upToSign = new Set(["eigh eigenvectors", "svd u", "svd vh", "eig eigenvectors"]);
/** Zero in the example but for rounding, so beside its data, which is about 1, and not beside itself. */
const onlyRounding = new Set(["lstsq residuals"]);

/** The largest difference, as a part of the largest number. */
function apart(what: string, here: readonly number[], there: readonly number[]): number {
  const one = upToSign.has(what) ? here.map(Math.abs) : here;
  const other = upToSign.has(what) ? there.map(Math.abs) : there;
  const largest = Math.max(...one.map(Math.abs).filter(Number.isFinite), Number.MIN_VALUE);
  const scale = onlyRounding.has(what) ? 1 : largest;
  const differences = one.map((value, index) =>
    // Infinities and NaN too have to be the same.
    Object.is(value, other[index]) ? 0 : Math.abs(value - (other[index] ?? Number.NaN)) / scale,
  );
  return Math.max(0, ...differences);
}

/** The job's outputs by name, once it has completed on the lane that was asked for. */
async function outputsOf(example: object, target: "lambda" | "fargate") {
  const accepted = await http.submit({ ...example, target });
  expect(accepted.body).toMatchObject({ message: "Job accepted for processing." });
  const view = await http.ended(accepted.body.jobId);
  expect([view.status, view.statusReason, view.attempts.map((attempt) => attempt.target)]).toEqual([
    "COMPLETED",
    "finished",
    [target],
  ]);
  const results = Object.keys(view.outputs ?? {}).map(async (name) => {
    const { status, body } = await http.call("GET", `${view.links.result}?output=${name}`, undefined, {
      accept: "application/json",
    });
    expect(status).toBe(200);
    return [name, body] as const;
  });
  return Object.fromEntries(await Promise.all(results));
}

const tried = entries.filter(({ name }) => representatives.some((one) => one.name === name));
const groups = Array.from({ length: Math.ceil(tried.length / atOnce) }, (_, index) =>
  tried.slice(index * atOnce, (index + 1) * atOnce),
);

test("the API shows the catalogue of the code", async () => {
  expect((await http.call("GET", "/operations")).body).toEqual({
    operations: entries,
    version: manifest.version,
    engine,
  });
});

describe("every example runs on both lanes", () => {
  test.each(groups.map((group) => [group.map(({ name }) => name).join(", "), group] as const))(
    "%s",
    async (_, group) => {
      await Promise.all(
        group.map(async ({ example }) => {
          const [small, large] = await Promise.all([
            outputsOf(example, "lambda"),
            outputsOf(example, "fargate"),
          ]);
          expect(Object.keys(large)).toEqual(Object.keys(small));
          for (const [name, { result, ...spec }] of Object.entries(small)) {
            const { result: other, ...otherSpec } = large[name];
            expect(otherSpec).toEqual(spec);
            // Lanes may have different engines: the same to rounding.
            const what = `${example.operation} ${name}`;
            expect(apart(what, numbersOf(result), numbersOf(other)), what).toBeLessThan(1e-13);
          }
        }),
      );
    },
    120_000,
  );
});
