import { zeros } from "@sluice/contract/array";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { eps, operand, relativeError, spec } from "../../support/compute/arrays.ts";
import { testedEngines } from "../../support/compute/engines.ts";
import {
  answer,
  dtypes,
  linesOf,
  type Method,
  methods,
  takes,
  tolerance,
} from "../../support/compute/fft-lines.ts";

/** The definition of one line, point by point; turns are reduced by integers first. */
function definition(method: Method, line: readonly (readonly [number, number])[], n: number): number[] {
  const sign = method === "inverseFft" || method === "inverseRealFft" ? 1 : -1;
  const given = Array.from({ length: n }, (_, j) => line[j] ?? [0, 0]);
  if (method === "inverseRealFft") {
    const half = Math.floor(n / 2);
    for (let j = 0; j <= half; j += 1) {
      const [re, im] = given[j] ?? [0, 0];
      const isReal = j === 0 || 2 * j === n;
      given[j] = [re, isReal ? 0 : im];
      if (!isReal) given[n - j] = [re, -im];
    }
  }
  const points = method === "realFft" ? Math.floor(n / 2) + 1 : n;
  return Array.from({ length: points }, (_, k) => {
    let [re, im] = [0, 0];
    for (const [j, [x, y]] of given.entries()) {
      const angle = (sign * 2 * Math.PI * ((j * k) % n)) / n;
      re += x * Math.cos(angle) - y * Math.sin(angle);
      im += x * Math.sin(angle) + y * Math.cos(angle);
    }
    return method === "inverseRealFft" ? [re] : [re, im];
  }).flat();
}

describe.each(testedEngines)("transforms along one axis on $name", ({ open }) => {
  const engine = open();

  test("are the definition, for every small shape, axis, length and dtype", () => {
    const extents = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 3 });
    const anyCase = fc.record({
      shape: extents,
      at: fc.nat(),
      length: fc.integer({ min: 1, max: 40 }),
      dtype: fc.constantFrom(...dtypes),
      method: fc.constantFrom(...methods),
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(anyCase, ({ shape, at, length, dtype, method, seed }) => {
        const axis = at % shape.length;
        const a = operand(shape, dtype, seed);
        if (!takes(method, a)) return;
        const result = answer(engine, method, a, { axis, length });
        const isReal = method === "inverseRealFft";
        const points = method === "realFft" ? Math.floor(length / 2) + 1 : length;
        expect(result).toMatchObject({
          shape: shape.with(axis, points),
          dtype: isReal ? "float64" : "complex128",
        });
        const expected = linesOf(a, axis).flatMap((line) => definition(method, line, length));
        const actual = linesOf(result, axis).flatMap((line) =>
          line.flatMap(([re, im]) => (isReal ? [re] : [re, im])),
        );
        expect(relativeError(actual, expected)).toBeLessThan(64 * eps);
      }),
      { numRuns: 300 },
    );
  });

  test("leave lines alone that lie beside one 1e±20 as large, or full of NaN or infinity", () => {
    for (const length of [24, 25, 37, 74]) {
      for (const [shape, axis] of [
        [[6, length], 1],
        [[length, 6], 0],
      ] as const) {
        for (const factor of [1e20, 1e-20, Number.NaN, Number.POSITIVE_INFINITY]) {
          for (const [method, dtype] of [
            ["fft", "float64"],
            ["fft", "complex128"],
            ["realFft", "float64"],
            ["inverseRealFft", "complex128"],
          ] as const) {
            const plain = operand(shape, dtype, 3);
            const mixed = { ...plain, data: plain.data.slice() };
            const width = dtype === "complex128" ? 2 : 1;
            for (let j = 0; j < length * width; j += 1) {
              const [point, part] = [Math.floor(j / width), j % width];
              const at = (axis === 1 ? 2 * length + point : point * 6 + 2) * width + part;
              mixed.data[at] = (mixed.data[at] ?? 0) * factor;
            }
            const before = linesOf(answer(engine, method, plain, { axis, length }), axis);
            const after = linesOf(answer(engine, method, mixed, { axis, length }), axis);
            expect(after.toSpliced(2, 1)).toEqual(before.toSpliced(2, 1));
            const allFinite = (after[2] ?? []).every(
              ([re, im]) => Number.isFinite(re) && Number.isFinite(im),
            );
            expect(allFinite).toBe(Number.isFinite(factor));
          }
        }
      }
    }
  });

  test("put NaN into all of a line that has one", () => {
    for (const length of [1, 2, 9, 16, 37, 58]) {
      const a = operand([3, length], "float64", 4);
      a.data[length + Math.floor(length / 2)] = Number.NaN;
      const [, second] = linesOf(answer(engine, "fft", a, { axis: 1, length }), 1);
      expect(second?.every(([re, im]) => Number.isNaN(Math.hypot(re, im)))).toBe(true);
    }
  });

  test("scaled by a power of two keep their bytes", () => {
    for (const factor of [2 ** 900, 2 ** -900]) {
      for (const dtype of ["float64", "complex128"] as const) {
        const a = operand([5, 22], dtype, 5);
        const scaled = { ...a, data: a.data.map((value) => value * factor) };
        for (const method of methods.filter((name) => takes(name, a))) {
          const { data } = answer(engine, method, a, { axis: 1, length: 22 });
          expect(answer(engine, method, scaled, { axis: 1, length: 22 }).data).toEqual(
            data.map((value) => value * factor),
          );
        }
      }
    }
  });

  test("leave their input alone, and there and back is the input", () => {
    for (const shape of [
      [7, 60],
      [7, 61],
      [45, 6],
    ]) {
      for (const [axis, length] of shape.entries()) {
        const a = operand(shape, "float64", 7);
        const copy = a.data.slice();
        const half = answer(engine, "realFft", a, { axis, length });
        const back = answer(engine, "inverseRealFft", half, { axis, length });
        expect(a.data).toEqual(copy);
        const scaled = back.data.map((value) => value / length);
        expect(relativeError(scaled, a.data)).toBeLessThan(2 * tolerance(length));
        const there = answer(engine, "fft", a, { axis, length });
        const complexBack = answer(engine, "inverseFft", there, { axis, length });
        expect(
          relativeError(
            complexBack.data.filter((_, index) => index % 2 === 0),
            a.data.map((value) => value * length),
          ),
        ).toBeLessThan(2 * tolerance(length));
      }
    }
  });

  test("of no points are zeros, of no lines nothing", () => {
    const { shape, data } = answer(engine, "fft", zeros(spec([2, 0])), { axis: 1, length: 3 });
    expect(shape).toEqual([2, 3]);
    expect(data.every((value) => value === 0)).toBe(true);
    expect(answer(engine, "realFft", zeros(spec([0, 4])), { axis: 1, length: 4 })).toMatchObject({
      shape: [0, 3],
    });
  });

  test("report their one step by work done, to its end", () => {
    const fractions: number[] = [];
    let steps = 0;
    const counting = open(() => {
      steps += 1;
      return (fraction) => fractions.push(fraction);
    });
    counting.fft(operand([900, 700], "float64", 8), { axis: 0, length: 900 });
    expect(steps).toBe(1);
    expect(fractions).toEqual(fractions.toSorted((one, other) => one - other));
    expect(fractions.length).toBeGreaterThan(3);
    expect(fractions.at(-1)).toBe(1);
  });
});
