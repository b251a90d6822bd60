import { demand, type Plan, plan, profiles } from "@sluice/compute";
import { Problem } from "@sluice/contract/problem";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fargate, fargateShapes, lambda } from "../../../jobs/cost/machines.ts";
import { prices } from "../../../jobs/cost/prices.ts";
import { escalated, neededMiB, oneSizeDown, oneSizeUp, route } from "../../../jobs/cost/route.ts";
import { lanes } from "../../../jobs/lanes/table.ts";
import { limits } from "../../../jobs/timing.ts";
import { defaultSettings } from "../../support/jobs/memory-ports.ts";

const GiB = 2 ** 30;

/** A plan of known length and size: `abs` is priced by its bytes, at a rate that is flat for one size. */
const unitPlan: Plan = {
  operation: "test",
  params: {},
  inputs: {},
  outputs: {},
  steps: [{ kernel: "abs", size: 4096, flops: 0, bytes: 1e9, live: 0 }],
  flops: 1e9,
  liveBytes: 0,
};
const secondsOfUnit = route(unitPlan, "lambda", defaultSettings).estimate.seconds;

function planOf({ seconds = 0.01, peakBytes = 2 ** 20 }: { seconds?: number; peakBytes?: number }): Plan {
  const [step] = unitPlan.steps;
  if (!step) throw new Error("the unit plan has one step");
  const bytes = (step.bytes * seconds) / secondsOfUnit;
  return { ...unitPlan, liveBytes: peakBytes, steps: [{ ...step, bytes, live: peakBytes }] };
}

function problemOf(action: () => unknown): Problem {
  try {
    action();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error("expected a Problem, and nothing was thrown");
}

describe("the machines", () => {
  /**
   * ECS API reference, RunTask/RegisterTaskDefinition (botocore 1.43, ecs service-2.json) and AWS's own
   * task-definition guide, read 2026-11-23: CPU units → GiB from, to, in steps of. 32768 units
   * (60, 120, 244 GiB, new in mid-2026) is left out on purpose: arm64 is unproven there.
   */
  const sizes: [number, number[]][] = [
    [256, [0.5, 1, 2]],
    [512, steps(1, 4, 1)],
    [1024, steps(2, 8, 1)],
    [2048, steps(4, 16, 1)],
    [4096, steps(8, 30, 1)],
    [8192, steps(16, 60, 4)],
    [16_384, steps(32, 120, 8)],
  ];

  function steps(from: number, to: number, by: number): number[] {
    return Array.from({ length: (to - from) / by + 1 }, (_, index) => from + index * by);
  }

  test("Fargate has exactly the sizes AWS sells", () => {
    const ours = fargate.shapes.map(({ cpuUnits, memoryMiB }) => [
      cpuUnits,
      memoryMiB.map((MiB) => MiB / 1024),
    ]);
    expect(ours).toEqual(sizes);
    expect(fargateShapes).toHaveLength(sizes.reduce((count, [, memories]) => count + memories.length, 0));
  });

  test("Lambda's limits are AWS's", () => {
    expect(lambda).toMatchObject({ minMemoryMiB: 128, maxMemoryMiB: 10_240, memoryMiBPerVcpu: 1769 });
  });

  test("prices per vCPU-hour agree with the ones worked out by hand for arm64 in us-east-1", () => {
    const perHour = lanes.lambda.usd({ vcpu: 1, memoryMiB: 1769 }, 3600);
    expect(perHour).toBeCloseTo(0.0829, 4);
    const task =
      lanes.fargate.usd({ vcpu: 1, memoryMiB: 2048 }, 7200) -
      lanes.fargate.usd({ vcpu: 1, memoryMiB: 2048 }, 3600) -
      prices.publicAddressHour.usd;
    expect(task).toBeCloseTo(0.0395, 4);
  });

  test("a task is billed for at least a minute, and for its start", () => {
    const machine = { vcpu: 1, memoryMiB: 2048 };
    expect(lanes.fargate.usd(machine, 1)).toBe(lanes.fargate.usd(machine, 0));
    expect(lanes.fargate.usd(machine, 60)).toBeGreaterThan(lanes.fargate.usd(machine, 15));
  });
});

describe("Lambda or Fargate", () => {
  const targetAt = (seconds: number, settings = defaultSettings) =>
    route(planOf({ seconds }), "auto", settings).target;

  test("the break-even is near 30 s", () => {
    expect(targetAt(25)).toBe("lambda");
    expect(targetAt(40)).toBe("fargate");
    const { reason } = route(planOf({ seconds: 45 }), "auto", defaultSettings);
    expect(reason).toMatch(
      /predicted 45 s on Lambda, where Fargate is cheaper from (2[5-9]|3[0-9]) s on; .* 1 vCPU and 2048 MiB/,
    );
  });

  test("Lambda never takes more than 60 s, on a stage without Fargate neither", () => {
    const lambdaOnly = { ...defaultSettings, fargate: false };
    expect(targetAt(59, lambdaOnly)).toBe("lambda");
    const problem = problemOf(() => targetAt(61, lambdaOnly));
    expect(problem.code).toBe("fargate-not-deployed");
    expect(problem.message).toBe(
      "predicted 61 s on Lambda, above its 60 s, and this stage was deployed without Fargate",
    );
    expect(problemOf(() => route(planOf({ seconds: 61 }), "lambda", defaultSettings)).code).toBe(
      "cannot-fit",
    );
  });

  test("a share of a vCPU takes longer, and is predicted to", () => {
    const half = { ...defaultSettings, workMemoryMiB: 884 };
    const whole = route(planOf({ seconds: 10 }), "lambda", defaultSettings).estimate.seconds;
    expect(route(planOf({ seconds: 10 }), "lambda", half).estimate.seconds / whole).toBeCloseTo(
      1769 / 884,
      2,
    );
  });

  test("what does not fit the function's memory goes to a task that it fits", () => {
    const large = planOf({ peakBytes: 3 * GiB });
    const { target, memoryMiB, reason } = route(large, "auto", defaultSettings);
    expect(target).toBe("fargate");
    expect(memoryMiB).toBeGreaterThanOrEqual(neededMiB(3 * GiB));
    expect(reason).toMatch(
      /^needs \d+ MiB, more than the Lambda's 1769 MiB; the cheapest task that fits has 1 vCPU and \d+ MiB$/,
    );
  });

  test("a small job says why in a sentence", () => {
    const { reason } = route(planOf({ seconds: 2 }), "auto", defaultSettings);
    expect(reason).toMatch(/^predicted 2 s and \d+ MiB: fits Lambda, and Fargate would bill at least 60 s$/);
  });
});

describe("the smallest task that fits", () => {
  test.each([
    [0.5, 1, 2048],
    [5, 1, 7168],
    [10, 2, 13_312],
    [20, 4, 25_600],
  ])("%d GiB of arrays", (gib, vcpu, atLeast) => {
    const chosen = route(planOf({ peakBytes: gib * GiB }), "fargate", defaultSettings);
    expect(chosen.vcpu).toBe(vcpu);
    expect(chosen.memoryMiB).toBeGreaterThanOrEqual(neededMiB(gib * GiB));
    expect(chosen.memoryMiB - 1024).toBeLessThan(Math.max(2048, neededMiB(gib * GiB)));
    expect(Math.abs(chosen.memoryMiB - atLeast)).toBeLessThanOrEqual(1024);
  });

  test("never above the stage's maxTaskVcpu", () => {
    const problem = problemOf(() => route(planOf({ peakBytes: 40 * GiB }), "auto", defaultSettings));
    expect(problem.code).toBe("cannot-fit");
    expect(problem.message).toMatch(
      /^the job needs \d+ MiB, more than any task of up to 4 vCPU this stage may start$/,
    );
    expect(route(planOf({ peakBytes: 40 * GiB }), "auto", { ...defaultSettings, maxTaskVcpu: 8 }).vcpu).toBe(
      8,
    );
    expect(
      problemOf(() => route(planOf({ peakBytes: 10 * GiB }), "auto", { ...defaultSettings, maxTaskVcpu: 1 }))
        .code,
    ).toBe("cannot-fit");
  });

  test("chosen memory always covers what is needed, and nothing cheaper would be quick enough", () => {
    const targets = fc.constantFrom("auto" as const, "lambda" as const, "fargate" as const);
    const sizes = fc.double({ min: 0, max: 130, noNaN: true });
    fc.assert(
      fc.property(
        sizes,
        fc.double({ min: 0.001, max: 5000, noNaN: true }),
        targets,
        fc.constantFrom(1, 2, 4, 16),
        (gib, seconds, target, maxTaskVcpu) => {
          const peakBytes = Math.floor(gib * GiB);
          const settings = { ...defaultSettings, maxTaskVcpu };
          const planned = planOf({ seconds, peakBytes });
          try {
            const chosen = route(planned, target, settings);
            expect(chosen.memoryMiB).toBeGreaterThanOrEqual(neededMiB(peakBytes));
            expect(chosen.vcpu).toBeLessThanOrEqual(Math.max(maxTaskVcpu, 1));
            expect(chosen.estimate.usd).toBeGreaterThan(0);
            if (target !== "auto") expect(chosen.target).toBe(target);
            if (chosen.target === "lambda") {
              expect(chosen.estimate.seconds).toBeLessThanOrEqual(60);
              return;
            }
            const goal = Math.max(300, chosen.estimate.seconds);
            const cheaper = fargateShapes.filter(({ vcpu, memoryMiB }) => {
              if (vcpu < 1 || vcpu > maxTaskVcpu || memoryMiB < neededMiB(peakBytes)) return false;
              const takes = demand(planned, profiles.native, vcpu).seconds;
              const usd = lanes.fargate.usd({ vcpu, memoryMiB }, takes);
              return takes <= goal && usd < lanes.fargate.usd(chosen, chosen.estimate.seconds);
            });
            expect(cheaper).toEqual([]);
          } catch (error) {
            if (!(error instanceof Problem)) throw error;
            const largest = Math.max(
              ...fargateShapes.filter(({ vcpu }) => vcpu <= maxTaskVcpu).map(({ memoryMiB }) => memoryMiB),
            );
            const tooLarge = neededMiB(peakBytes) > (target === "lambda" ? settings.workMemoryMiB : largest);
            expect(tooLarge || (target === "lambda" && seconds > 59)).toBe(true);
            expect(error.code).toBe("cannot-fit");
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("target may be asked for", () => {
  test("lambda, past the break-even", () => {
    const chosen = route(planOf({ seconds: 50 }), "lambda", defaultSettings);
    expect(chosen).toMatchObject({ target: "lambda", memoryMiB: 1769 });
    expect(chosen.reason).toMatch(/^asked for; /);
  });

  test("lambda, and it cannot fit", () => {
    const problem = problemOf(() => route(planOf({ peakBytes: 2 * GiB }), "lambda", defaultSettings));
    expect(problem).toMatchObject({ code: "cannot-fit", status: 422, place: { field: "target" } });
    expect(problem.message).toMatch(/^target lambda: needs \d+ MiB, more than the Lambda's 1769 MiB$/);
  });

  test("fargate, for a small job", () => {
    const chosen = route(planOf({}), "fargate", defaultSettings);
    expect(chosen).toMatchObject({ target: "fargate", vcpu: 1, memoryMiB: 2048 });
    expect(chosen.reason).toBe("asked for; the cheapest task that fits has 1 vCPU and 2048 MiB");
  });

  test("fargate, on a stage without it", () => {
    const problem = problemOf(() => route(planOf({}), "fargate", { ...defaultSettings, fargate: false }));
    expect(problem).toMatchObject({ code: "fargate-not-deployed", status: 422 });
  });
});

describe("another size", () => {
  test("one size up, at least half as much again, until the largest the stage may start", () => {
    for (const maxTaskVcpu of [1, 4, 16]) {
      const settings = { ...defaultSettings, maxTaskVcpu };
      const sizes = [];
      for (
        let current = route(planOf({}), "fargate", settings), grown: typeof current | undefined = current;
        grown;
        grown = oneSizeUp(current, settings)
      ) {
        current = grown;
        sizes.push(current.memoryMiB);
      }
      const largest = Math.max(
        ...fargateShapes.filter(({ vcpu }) => vcpu <= maxTaskVcpu).map(({ memoryMiB }) => memoryMiB),
      );
      for (const [index, size] of sizes.slice(1).entries()) {
        expect(size).toBeGreaterThanOrEqual(Math.min(largest, (sizes[index] ?? Number.NaN) * 1.5));
      }
      expect(sizes.at(-1)).toBe(largest);
      // limits.sizeUps counts on it.
      expect(sizes.length).toBeLessThan(limits.sizeUps);
    }
  });

  test("says why in words", () => {
    const up = oneSizeUp(route(planOf({}), "fargate", defaultSettings), defaultSettings);
    expect(up?.reason).toBe("ran out of memory with 2048 MiB, so one size up; now 1 vCPU and 3072 MiB");
  });

  test("escalation from Lambda has at least the Lambda's memory and a whole vCPU", () => {
    const current = route(planOf({ seconds: 5 }), "auto", defaultSettings);
    const moved = escalated(current, defaultSettings, "the Lambda function was killed");
    expect(moved).toMatchObject({ target: "fargate", vcpu: 1, memoryMiB: 2048 });
    expect(moved?.estimate.seconds).toBe(current.estimate.seconds);
    expect(
      escalated({ ...current, memoryMiB: 10_240 }, { ...defaultSettings, maxTaskVcpu: 1 }, ""),
    ).toBeUndefined();
  });

  test("one size down keeps the memory the job had, if fewer vCPUs may have it", () => {
    const current = route(planOf({ peakBytes: 6 * GiB }), "fargate", defaultSettings);
    const large = { ...current, vcpu: 4, memoryMiB: 12_288 };
    expect(oneSizeDown(large, defaultSettings)).toMatchObject({ vcpu: 2, memoryMiB: 12_288 });
    expect(oneSizeDown({ ...large, vcpu: 2 }, defaultSettings)).toMatchObject({ vcpu: 1, memoryMiB: 8192 });
    expect(oneSizeDown({ ...large, vcpu: 1, memoryMiB: 8192 }, defaultSettings)).toBeUndefined();
  });
});

test("a real plan of each lane", () => {
  const small = plan("spectral-projection", {}, { a: { shape: [64, 64], dtype: "float64" } });
  expect(route(small, "auto", defaultSettings).target).toBe("lambda");
  const large = plan("spectral-projection", {}, { a: { shape: [8192, 8192], dtype: "float64" } });
  expect(route(large, "auto", defaultSettings).target).toBe("fargate");
});
