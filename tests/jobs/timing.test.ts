import fc from "fast-check";
import { expect, test } from "vitest";
import { backoff } from "../../jobs/timing.ts";

test("backoff doubles to its ceiling and spreads over its upper half", () => {
  fc.assert(
    fc.property(fc.nat(100), fc.double({ min: 0, max: 0.999, noNaN: true }), (times, random) => {
      const full = Math.min(300_000, 5_000 * 2 ** times);
      const wait = backoff(5_000, 300_000, times, random);
      expect(wait).toBeGreaterThanOrEqual(full / 2);
      expect(wait).toBeLessThanOrEqual(full);
    }),
  );
});
