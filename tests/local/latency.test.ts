import { describe, expect, test } from "vitest";
import { quantile } from "../../bench/quantile.ts";
import aws from "../../local/latency/aws.json" with { type: "json" };
import { latencyAsked, latencyOfAws, sampled } from "../../local/latency/latency.ts";

/** The same numbers in each run: a generator of full period, by Hull and Dobell's conditions. */
function seeded(): () => number {
  let state = 1;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

describe.each(Object.entries(aws.calls))("the time of %s", (_, tail) => {
  test("has its median and its tail, and is never nothing", () => {
    const random = seeded();
    const times = Array.from({ length: 20_000 }, () => sampled(tail, random));
    expect(quantile(times, 0.5) / tail.p50).toBeCloseTo(1, 1);
    expect(quantile(times, 0.99) / tail.p99).toBeGreaterThan(0.9);
    expect(quantile(times, 0.99) / tail.p99).toBeLessThan(1.1);
    expect(Math.min(...times)).toBeGreaterThan(0);
  });

  test("says where it is from", () => {
    expect(tail.basis).toMatch(/^(measured|documented|assumed)/);
    expect(tail.source).not.toBe("");
    expect(tail.p99).toBeGreaterThan(tail.p50);
  });
});

test("a PUT has its own time, another call to S3 the service's", () => {
  // The uniform number at which the normal one is 0: the median.
  const { request } = latencyOfAws(() => 0);
  const of = (action: string) => request?.({ service: "s3", action, path: "/bucket/key", attempt: 1 });
  expect(of("PUT")).toEqual({ delayMs: 60 });
  expect(of("GET")).toEqual({ delayMs: 30 });
});

test("SLUICE_LATENCY is aws or nothing", () => {
  expect(latencyAsked(undefined)).toBeUndefined();
  expect(latencyAsked("")).toBeUndefined();
  expect(latencyAsked("aws")?.gateway()).toBeGreaterThan(0);
  expect(() => latencyAsked("azure")).toThrow('expected SLUICE_LATENCY to be aws or not set, got "azure"');
});
