import { expect, test } from "vitest";
import { prices } from "../../../jobs/cost/prices.ts";

test("every price says where it is from and when it was read", () => {
  for (const [name, { usd, source, read, per }] of Object.entries(prices)) {
    expect(usd, name).toBeGreaterThan(0);
    expect(
      [source, per].every((text) => text.length > 3),
      name,
    ).toBe(true);
    expect(read, name).toMatch(/^\d{4}-\d\d-\d\d$/);
  }
});
