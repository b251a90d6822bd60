import { completeParams, plan } from "@sluice/compute";
import { maxParamsBytes } from "@sluice/contract/limits";
import fc from "fast-check";
import { beforeEach, expect, test, vi } from "vitest";
import { handler as plans } from "../../functions/plans.ts";
import { handler as submit } from "../../functions/submit.ts";
import { call, freshStage } from "../support/functions/stage.ts";
import { inputCounts, operationNames, paramsByName } from "./requests/operations.ts";

vi.mock("../../aws/ports.ts", async () => (await import("../support/functions/stage.ts")).portsOfStage());
vi.mock("../../aws/telemetry/log.ts", async () =>
  (await import("../support/functions/stage.ts")).logOfStage(),
);
vi.mock("../../aws/config.ts", async () => (await import("../support/functions/stage.ts")).configOfStage());

beforeEach(() => void freshStage());

/** The work of planning is bounded: a search for programs that take long to plan finds none that take a second. */

type Params = Record<string, unknown>;
interface Step {
  readonly op: string;
  readonly params: Params;
}

/** Params that make a step's own plan long: exponents of 53 bits, and long lists. */
const long = fc.constantFrom<Step>(
  { op: "matrix_power", params: { n: -(2 ** 53 - 1) } },
  { op: "expm", params: {} },
  { op: "percentile", params: { q: Array.from({ length: 300 }, () => 50), axis: 0 } },
  { op: "histogram", params: { bins: Array.from({ length: 300 }, (_, index) => index) } },
  { op: "fftshift", params: { axes: Array.from({ length: 300 }, () => 0) } },
  { op: "spectral-projection", params: { seed: "9".repeat(1000) } },
);
const any = fc
  .constantFrom(...operationNames)
  .chain((op) => fc.record({ op: fc.constant(op), params: paramsByName.get(op) ?? fc.constant({}) }));
const shape = fc.oneof(
  fc.constantFrom([2, 2], [1], [], [1, 1, 1, 1, 1, 1, 1, 1], [300, 300], [0, 1000], [2, 1, 2, 1, 2, 1, 2, 1]),
  fc.array(fc.constantFrom(0, 1, 2, 3), { maxLength: 8 }),
);

/** A step as often as a program and its params hold it, on the inputs or on what it made before; each with its neighbour. */
const program = fc
  .record({ step: fc.oneof(long, any), other: any, chained: fc.boolean(), a: shape })
  .map(({ step, other, chained, a }) => {
    const named = Array.from({ length: 100 }, (_, index) => {
      const { op, params } = index % 10 === 9 ? other : step;
      const from = chained && index > 0 ? `v${index - 1}` : "a";
      return {
        as: `v${index}`,
        op,
        args: Array.from({ length: inputCounts.get(op) ?? 1 }, () => from),
        params,
      };
    });
    const bytes = JSON.stringify(named[0]).length;
    const steps = named.slice(0, Math.max(1, Math.floor(maxParamsBytes / bytes) - 8));
    return { params: { steps }, a };
  });

/** CPU seconds, which other work on the machine does not stretch as it does the clock's. */
function cpuSeconds(work: () => unknown): number {
  const start = process.threadCpuUsage();
  try {
    work();
  } catch {
    // A program that is refused must be refused as quickly.
  }
  const { user, system } = process.threadCpuUsage(start);
  return (user + system) / 1e6;
}

test("no program of 400 takes half a second to plan, and the worst is answered within one", async () => {
  const found = fc.sample(program, { seed: 1, numRuns: 400 }).map((one) => {
    const inputs = { a: { shape: one.a, dtype: "float64" as const } };
    const planned = () =>
      plan(
        "program",
        completeParams("program", one.params, () => "1"),
        inputs,
      );
    return { ...one, seconds: cpuSeconds(planned) };
  });
  const [worst] = found.sort((one, other) => other.seconds - one.seconds);
  if (!worst) throw new Error("the search made programs");
  expect(worst.seconds).toBeLessThan(0.5);
  for (const { params, a } of found.slice(0, 5)) {
    const body = { operation: "program", params, inputs: { a: { random: { shape: a } } } };
    for (const handler of [plans, submit]) {
      const start = process.cpuUsage();
      const { status } = await call(handler, { method: "POST", body });
      const { user, system } = process.cpuUsage(start);
      expect([200, 202, 422]).toContain(status);
      expect((user + system) / 1e6).toBeLessThan(1);
    }
  }
});

test("the programs that a reader would think of are planned quickly, too", async () => {
  const chain = (op: string, params: Params) => ({
    steps: Array.from({ length: 100 }, (_, index) => ({
      as: `v${index}`,
      op,
      args: [index === 0 ? "a" : `v${index - 1}`],
      params,
    })),
  });
  const inputs = { a: { random: { shape: [3, 3] } } };
  for (const params of [
    chain("matrix_power", { n: 2 ** 53 - 1 }),
    chain("expm", {}),
    chain("transpose", {}),
  ]) {
    const start = process.cpuUsage();
    const reply = await call(plans, { method: "POST", body: { operation: "program", params, inputs } });
    const { user, system } = process.cpuUsage(start);
    expect(reply.status, reply.text).toBe(200);
    expect((user + system) / 1e6).toBeLessThan(1);
  }
});
