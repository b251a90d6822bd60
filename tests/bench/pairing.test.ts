import { describe, expect, test } from "vitest";
import { agrees, difference, digest } from "../../bench/compute/digest.ts";
import { geometricMean, paired } from "../../bench/compute/pairing.ts";
import { quantile } from "../../bench/quantile.ts";

describe("paired", () => {
  test("takes each round's ratio against its own neighbours, then the median and the quartiles", () => {
    // Twice as busy in the third round: both sides slow down, and the ratio stays.
    const rounds = [
      { before: 10, mine: 5, after: 10 },
      { before: 9, mine: 6, after: 11 },
      { before: 20, mine: 10, after: 20 },
      { before: 10, mine: 4, after: 10 },
      { before: 10, mine: 7, after: 10 },
    ];
    expect(paired(rounds)).toEqual({
      oursMs: 6,
      peerMs: 10,
      ratio: 0.5,
      quartiles: [0.5, 0.6],
      noisy: false,
    });
  });

  test("is not the ratio of the medians", () => {
    const rounds = [
      { before: 1, mine: 2, after: 1 },
      { before: 10, mine: 10, after: 10 },
      { before: 100, mine: 300, after: 100 },
    ];
    expect(paired(rounds).ratio).toBe(2);
  });

  test.each([
    [0.89, true],
    [0.91, false],
    [1.09, false],
    [1.11, true],
  ])("calls a machine noisy when the peer over itself is %f: %s", (control, noisy) => {
    const rounds = Array.from({ length: 5 }, () => ({ before: control, mine: 1, after: 1 }));
    expect(paired(rounds).noisy).toBe(noisy);
  });

  test("forgives one busy round of five", () => {
    const calm = { before: 1, mine: 1, after: 1 };
    expect(paired([calm, calm, { before: 9, mine: 1, after: 1 }, calm, calm]).noisy).toBe(false);
  });

  test("calls a control that is not a number noisy", () => {
    expect(paired([{ before: Number.NaN, mine: 1, after: 1 }]).noisy).toBe(true);
  });
});

test("quantile interpolates as numpy.quantile", () => {
  expect(quantile([4, 1, 3, 2], 0.25)).toBe(1.75);
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
  expect(quantile([7], 0.75)).toBe(7);
});

test("geometricMean of ratios does not depend on which side is the peer", () => {
  expect(geometricMean([0.25, 1, 4])).toBeCloseTo(1, 15);
  expect(geometricMean([2, 8])).toBeCloseTo(4, 14);
});

describe("digest", () => {
  const of = (data: number[]) =>
    digest({ shape: [data.length], dtype: "float64", data: Float64Array.from(data) });

  test("of equal results does not differ", () => {
    expect(difference(of([1, -2, 3]), of([1, -2, 3]))).toBe(0);
  });

  test("sees one wrong element, relative to the largest", () => {
    expect(difference(of([1, -2, 4]), of([1, -2.5, 4]))).toBeCloseTo(0.125, 15);
  });

  test("sees a wrong imaginary part", () => {
    const complex = (data: number[]) =>
      digest({ shape: [2], dtype: "complex128", data: Float64Array.from(data) });
    expect(difference(complex([1, 2, 3, 4]), complex([1, 2, 3, -4]))).toBe(2);
  });

  test("sees NaN", () => {
    expect(difference(of([1, Number.NaN]), of([1, 2]))).toBeNaN();
    expect(agrees("matmul", Number.NaN)).toBe(false);
  });

  test("looks at elements all over the result", () => {
    const data = Array.from({ length: 1000 }, (_, index) => index);
    expect(new Set(of(data).samples).size).toBe(256);
  });

  test("agrees within rounding, more of it in single precision", () => {
    expect(agrees("matmul", 1e-13)).toBe(true);
    expect(agrees("matmul", 1e-9)).toBe(false);
    expect(agrees("matmul-f32", 1e-6)).toBe(true);
  });
});
