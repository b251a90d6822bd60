import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";

/**
 * How glibc takes malloc's variables before 2.35; nodejs24.x on Amazon Linux 2023 has 2.34. Source: malloc/malloc.c, do_set_mmap_threshold,
 * do_set_trim_threshold; the cap is HEAP_MAX_SIZE / 2, on 64-bit machines 32 MiB.
 */
const thresholdCap = 32 * 2 ** 20;
/** Below it an allocation is never mapped. It grows by itself unless one of the variables is set. */
const firstThreshold = 128 * 2 ** 10;

/** From how many bytes on an array is mapped, and given back as soon as it is freed. */
function mappedFrom(environment: Readonly<Record<string, string>>): number {
  if (environment.MALLOC_MMAP_MAX_ === "0") return Number.POSITIVE_INFINITY;
  const asked = Number(environment.MALLOC_MMAP_THRESHOLD_ ?? Number.NaN);
  if (asked <= thresholdCap) return asked;
  const isFrozen = environment.MALLOC_TRIM_THRESHOLD_ !== undefined;
  return isFrozen ? firstThreshold : thresholdCap;
}

const serverless = readFileSync(path.resolve(import.meta.dirname, "../../serverless.yml"), "utf8");
const variables = Object.fromEntries(
  [...serverless.matchAll(/^ +(MALLOC_\w+): "(\d+)"$/gm)].map(([, name = "", value = ""]) => [name, value]),
);

test("submit, batches and work, which hold large arrays, have the same variables", () => {
  expect(serverless.match(/environment: [&*]keepsLargeArrays$/gm)).toHaveLength(3);
});

describe("their malloc", () => {
  test("keeps arrays of every size that inline jobs have", () => {
    expect(mappedFrom(variables)).toBeGreaterThan(64 * 2 ** 20);
  });

  test("keeps what is freed at the heap's end too, but no more than a quarter of its memory", () => {
    const trim = Number(variables.MALLOC_TRIM_THRESHOLD_);
    expect(trim).toBeGreaterThanOrEqual(64 * 2 ** 20);
    expect(trim).toBeLessThanOrEqual((1769 * 2 ** 20) / 4);
  });

  test("sets nothing that this test does not know", () => {
    expect(Object.keys(variables).sort()).toEqual(["MALLOC_MMAP_MAX_", "MALLOC_TRIM_THRESHOLD_"]);
  });

  test.each([
    [
      "a threshold above the cap, which is ignored while the trim freezes the first one",
      { MALLOC_MMAP_THRESHOLD_: "134217728", MALLOC_TRIM_THRESHOLD_: "268435456" },
      firstThreshold,
    ],
    [
      "a threshold at the cap",
      { MALLOC_MMAP_THRESHOLD_: "33554432", MALLOC_TRIM_THRESHOLD_: "268435456" },
      thresholdCap,
    ],
    ["the trim alone", { MALLOC_TRIM_THRESHOLD_: "268435456" }, firstThreshold],
    ["nothing: the threshold grows with what is freed, to its cap", {}, thresholdCap],
  ])("%s", (_what, environment, from) => expect(mappedFrom(environment)).toBe(from));
});
