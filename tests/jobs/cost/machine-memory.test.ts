import { type EngineProfile, type Plan, plan, profiles } from "@sluice/compute";
import type { Route, Target } from "@sluice/contract/job";
import { Problem } from "@sluice/contract/problem";
import { describe, expect, test } from "vitest";
import { fargateShapes } from "../../../jobs/cost/machines.ts";
import { escalated, oneSizeDown, oneSizeUp, route } from "../../../jobs/cost/route.ts";
import type { Settings } from "../../../jobs/settings.ts";
import { representatives } from "../../support/compute/representatives.ts";
import { defaultSettings } from "../../support/jobs/memory-ports.ts";
import { plannedJobs } from "../../support/jobs/planned-jobs.ts";

const MiB = 2 ** 20;
/** Node, the SDK and the bundle take 95–130 MiB before the first array. */
const floorMiB = 130;
const sizes = [2, 200, 1000, 2000, 4000, 6000, 8000, 10_000, 14_000];
/** Said here and not read from the product: a lane with the wrong profile must fail. */
const engineOf: Readonly<Record<Target, EngineProfile>> = { lambda: profiles.wasm, fargate: profiles.native };

/** Arrays alive and scratch of the engine, step by step, and what Node takes. */
function leastMiB({ steps }: Plan, engine: EngineProfile): number {
  const peak = Math.max(0, ...steps.map((step) => step.live + engine.scratchBytes(step)));
  return peak / MiB + floorMiB;
}

function routed(planned: Plan, target: Target | "auto", settings: Settings): Route | undefined {
  try {
    return route(planned, target, settings);
  } catch (error) {
    if (error instanceof Problem && error.code === "cannot-fit") return undefined;
    throw error;
  }
}

const largest = { ...defaultSettings, maxTaskVcpu: 16 };
const largestLambda = { ...largest, workMemoryMiB: 10_240 };

describe.each(representatives)("the machine of $name", (operation) => {
  const jobs = plannedJobs(operation, sizes);

  test("there are jobs of it", () => {
    expect(jobs.length).toBeGreaterThan(sizes.length);
  });

  test.each(["auto", "lambda", "fargate"] as const)(
    "target %s: has what the engine there asks for",
    (target) => {
      let fitting = 0;
      for (const { title, plan: planned } of jobs) {
        for (const settings of [defaultSettings, largestLambda]) {
          const chosen = routed(planned, target, settings);
          if (!chosen) continue;
          fitting += 1;
          const engine = engineOf[chosen.target];
          expect(chosen.memoryMiB, title).toBeGreaterThanOrEqual(leastMiB(planned, engine));
          const alive = (leastMiB(planned, engine) - floorMiB) * MiB;
          expect(chosen.estimate.peakBytes, title).toBeGreaterThanOrEqual(Math.floor(alive));
        }
      }
      expect(fitting).toBeGreaterThan(0);
    },
  );

  test("a task that takes over from Lambda, or is smaller or larger than the first, has it too", () => {
    for (const { title, plan: planned } of jobs) {
      const least = leastMiB(planned, profiles.native);
      for (const workMemoryMiB of [512, 1769, 4096, 10_240]) {
        const settings = { ...largest, workMemoryMiB };
        const onLambda = routed(planned, "lambda", settings);
        if (!onLambda) continue;
        const moved = escalated(onLambda, settings, "the Lambda function was killed");
        expect(moved?.memoryMiB, title).toBeGreaterThanOrEqual(least);
      }
      const onTask = routed(planned, "fargate", largest);
      if (!onTask) continue;
      const up = oneSizeUp(onTask, largest);
      if (up) expect(up.memoryMiB, title).toBeGreaterThanOrEqual(least);
      for (const shape of fargateShapes.filter(({ memoryMiB }) => memoryMiB >= onTask.memoryMiB)) {
        const down = oneSizeDown({ ...onTask, ...shape }, largest);
        if (down) expect(down.memoryMiB, title).toBeGreaterThanOrEqual(least);
      }
    }
  });
});

/** The 11 matrix operations of which 82 in 539 were sized by wasm's scratch for OpenBLAS. */
test("none of 539 factorizations on Fargate gets a task that OpenBLAS outgrows", () => {
  const names = [
    "solve",
    "inv",
    "cholesky",
    "qr",
    "lu",
    "svd",
    "eigh",
    "eig",
    "lstsq",
    "pinv",
    "matrix_rank",
  ];
  const sides = Array.from({ length: 49 }, (_, index) => 2000 + 250 * index);
  const plans = names.flatMap((name) =>
    sides.map((n) => {
      const a = { shape: [n, n], dtype: "float64" } as const;
      const b = { shape: [n], dtype: "float64" } as const;
      return plan(name, {}, /^(solve|lstsq)$/.test(name) ? { a, b } : { a });
    }),
  );
  expect(plans).toHaveLength(539);
  const tooSmall = plans.filter(
    (planned) => route(planned, "fargate", defaultSettings).memoryMiB < leastMiB(planned, profiles.native),
  );
  expect(tooSmall.map(({ operation, inputs }) => `${operation} ${inputs.a?.shape}`)).toEqual([]);
});
