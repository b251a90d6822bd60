import { catalogue } from "@sluice/compute";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Stack, startStack } from "../../local/stack-process.ts";
import { client } from "./client.ts";

/** Every example of the catalogue, as it stands, on both lanes of a real stack. */
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

const groups = Array.from({ length: Math.ceil(entries.length / atOnce) }, (_, index) =>
  entries.slice(index * atOnce, (index + 1) * atOnce),
);

test("the API shows the catalogue of the code", async () => {
  expect((await http.call("GET", "/operations")).body).toEqual({ operations: entries });
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
            const [here, there] = [numbersOf(result), numbersOf(other)];
            const scale = Math.max(...here.map(Math.abs).filter(Number.isFinite), Number.MIN_VALUE);
            // Lanes may have different engines: the same to rounding.
            for (const [index, value] of here.entries()) {
              const same = Object.is(value, there[index]);
              if (!same) expect(Math.abs(value - (there[index] ?? Number.NaN)) / scale).toBeLessThan(1e-13);
            }
          }
        }),
      );
    },
    120_000,
  );
});
