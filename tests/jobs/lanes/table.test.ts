import { targets } from "@sluice/contract/job";
import { submitBody } from "@sluice/contract/submit";
import { describe, expect, test } from "vitest";
import { totalUsd } from "../../../jobs/cost/bill-items.ts";
import { lanes } from "../../../jobs/lanes/table.ts";
import { metricNames } from "../../../jobs/telemetry.ts";
import { timing } from "../../../jobs/timing.ts";
import { defaultSettings } from "../../support/jobs/memory-ports.ts";

test("the table has an entry for each of the contract's names, and a body may ask for each", () => {
  expect(Object.keys(lanes)).toEqual([...targets]);
  for (const target of ["auto", ...targets]) expect(submitBody.parse({ target }).target).toBe(target);
  expect(submitBody.safeParse({ target: "moon" }).success).toBe(false);
});

describe.each(targets)("the lane %s", (target) => {
  const lane = lanes[target];

  test("offers sizes that cost more the larger they are in the order it says", () => {
    const shapes = lane.shapes(defaultSettings);
    expect(shapes.length).toBeGreaterThan(0);
    // Past every minimum bill.
    const usd = shapes.map((shape) => lane.usd(shape, 3600));
    expect(usd).toEqual([...usd].sort((one, other) => one - other));
    for (const shape of shapes) {
      expect(lane.usd(shape, 7200)).toBeGreaterThan(lane.usd(shape, 3600));
      expect(lane.vcpu(shape)).toBe(shape.vcpu);
    }
  });

  test("bills what it asks of AWS around the machine, and says by which metric it is watched", () => {
    expect(totalUsd(lane.callsAround)).toBeGreaterThan(0);
    expect(lane.callsAround.machine ?? 0).toBe(0);
    expect(metricNames).toContain(lane.usdMetric);
  });

  test("lets a worker miss two beats, and has words for one that went quiet", () => {
    expect(lane.lease).toBeGreaterThan(2 * timing.beat);
    expect(lane.wentQuiet).toMatch(/ went quiet/);
  });

  test("sends what it cannot hold to a lane that grows", () => {
    const { growsOn } = lanes[lane.growsOn];
    expect(growsOn).toBe(lane.growsOn);
    expect(lanes[growsOn].shapes(defaultSettings).length).toBeGreaterThan(1);
  });

  test("is there on a stage with everything", () => {
    expect(lane.absent(defaultSettings)).toBeUndefined();
  });
});

test("a stage without an image has Lambda only, and says so", () => {
  const without = { ...defaultSettings, fargate: false };
  expect(lanes.lambda.absent(without)).toBeUndefined();
  expect(lanes.fargate.absent(without)).toEqual({
    code: "fargate-not-deployed",
    detail: "this stage was deployed without Fargate",
  });
});

test("sizes follow the stage's settings", () => {
  expect(lanes.lambda.shapes({ ...defaultSettings, workMemoryMiB: 3538 })).toEqual([
    { memoryMiB: 3538, vcpu: 2 },
  ]);
  const small = lanes.fargate.shapes({ ...defaultSettings, maxTaskVcpu: 2 });
  expect(Math.max(...small.map(({ vcpu }) => vcpu))).toBe(2);
});

test("a function is billed by the second, a task for a minute at least and for its start", () => {
  const shape = { vcpu: 1, memoryMiB: 2048 };
  expect(lanes.lambda.usd(shape, 2)).toBeCloseTo(2 * lanes.lambda.usd(shape, 1), 12);
  expect(lanes.fargate.usd(shape, 0)).toBe(lanes.fargate.usd(shape, 15));
  expect(lanes.fargate.usd(shape, 16)).toBeGreaterThan(lanes.fargate.usd(shape, 15));
});

test("nothing outside can stop or see a function; ECS can do both with a task", () => {
  const { lambda, fargate } = lanes;
  expect([lambda.launch, lambda.stop, lambda.end]).toEqual(["inline", "by-itself", "lease"]);
  expect([fargate.launch, fargate.stop, fargate.end]).toEqual(["run-task", "stop-task", "ecs"]);
  expect(lambda.lease).toBeLessThan(fargate.lease);
});
