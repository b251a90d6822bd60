import { readFileSync } from "node:fs";
import { run } from "@sluice/compute";
import { describe, expect, test } from "vitest";
import { crop, mandrill, repeatAcross } from "../../../scripts/fixtures/mandrill.ts";
import { floating } from "../../support/contract/floating.ts";

interface DemoCase {
  name: string;
  inputShape: [number, number];
  params: Record<string, unknown>;
  shape: [number, number];
  sum: number;
  norm: number;
  maxAbs: number;
  samples: { index: [number, number]; value: number }[];
}

const demo: { operation: string; cases: DemoCase[] } = JSON.parse(
  readFileSync(new URL("../../fixtures/demo.json", import.meta.url), "utf8"),
);
const image = mandrill();

// The panorama takes 1.4 GB and many seconds: the demo itself checks it.
describe("the demo's known values", () => {
  test.each(demo.cases.filter(({ name }) => name !== "panorama"))("$name", (known) => {
    const a = crop(image, ...known.inputShape);
    const { shape, data } = floating(run(demo.operation, known.params, { a }).result);
    expect(shape).toEqual(known.shape);
    const values = Array.from(data);
    const sum = values.reduce((total, value) => total + value, 0);
    const norm = Math.sqrt(values.reduce((total, value) => total + value * value, 0));
    const maxAbs = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
    for (const [actual, expected] of [
      [sum, known.sum],
      [norm, known.norm],
      [maxAbs, known.maxAbs],
    ] as const) {
      expect(Math.abs(actual / expected - 1)).toBeLessThan(1e-12);
    }
    for (const {
      index: [i, j],
      value,
    } of known.samples) {
      expect(Math.abs((data[i * known.shape[1] + j] ?? Number.NaN) - value)).toBeLessThan(
        1e-12 * known.maxAbs,
      );
    }
  });

  test("the mandrill is whole grey levels, and its corner repeats across the panorama", () => {
    expect(image.data.every((value) => Number.isInteger(value) && value >= 0 && value <= 255)).toBe(true);
    const strip = repeatAcross(crop(image, 64, 64), 3);
    expect(strip.shape).toEqual([64, 192]);
    expect([strip.data[5 * 192 + 70], strip.data[5 * 192 + 134]]).toEqual([
      image.data[5 * 512 + 6],
      image.data[5 * 512 + 6],
    ]);
  });
});
