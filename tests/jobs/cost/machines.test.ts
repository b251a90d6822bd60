import { describe, expect, test } from "vitest";
import { fargate, fargateShapes, lambda, lambdaVcpu } from "../../../jobs/cost/machines.ts";
import { prices } from "../../../jobs/cost/prices.ts";
import { lanes } from "../../../jobs/lanes/table.ts";

describe("Fargate's sizes", () => {
  // The table "Task CPU and memory" of the ECS developer guide: vCPU, least and most GiB, step.
  test.each([
    [0.5, 1, 4, 1],
    [1, 2, 8, 1],
    [2, 4, 16, 1],
    [4, 8, 30, 1],
    [8, 16, 60, 4],
    [16, 32, 120, 8],
  ])("of %d vCPU go from %d to %d GiB in steps of %d", (vcpu, least, most, step) => {
    const sizes = fargateShapes
      .filter((shape) => shape.vcpu === vcpu)
      .map(({ memoryMiB }) => memoryMiB / 1024)
      .sort((a, b) => a - b);
    const expected = Array.from({ length: (most - least) / step + 1 }, (_, index) => least + index * step);
    expect(sizes).toEqual(expected);
  });

  test("of a quarter vCPU are three, the first of half a GiB", () => {
    const sizes = fargateShapes.filter(({ vcpu }) => vcpu === 0.25).map(({ memoryMiB }) => memoryMiB);
    expect(sizes).toEqual([512, 1024, 2048]);
  });

  test("come cheapest first, as the route takes the first that fits", () => {
    const usd = fargateShapes.map((shape) => lanes.fargate.usd(shape, 3600));
    expect(usd).toEqual([...usd].sort((a, b) => a - b));
  });
});

test("Lambda's vCPUs grow with its memory: one whole at 1,769 MiB, 5.8 at most", () => {
  expect(lambdaVcpu(1769)).toBe(1);
  expect(lambdaVcpu(lambda.minMemoryMiB)).toBeCloseTo(0.072, 3);
  expect(lambdaVcpu(lambda.maxMemoryMiB)).toBeCloseTo(5.79, 2);
});

describe("the dollars of an attempt", () => {
  test("on Lambda are its GiB-seconds", () => {
    expect(lanes.lambda.usd({ vcpu: 1, memoryMiB: 2048 }, 30)).toBeCloseTo(
      60 * prices.lambdaGiBSecond.usd,
      12,
    );
  });

  test("on Fargate count the start, and a minute at least", () => {
    const shape = { vcpu: 1, memoryMiB: 2048 };
    const perHour = prices.fargateVcpuHour.usd + 2 * prices.fargateGiBHour.usd + prices.publicAddressHour.usd;
    expect(lanes.fargate.usd(shape, 0)).toBeCloseTo(perHour / 60, 12);
    expect(lanes.fargate.usd(shape, fargate.minimumBilledSeconds - fargate.startSeconds)).toBe(
      lanes.fargate.usd(shape, 0),
    );
    expect(lanes.fargate.usd(shape, 3600 - fargate.startSeconds)).toBeCloseTo(perHour, 12);
  });
});
