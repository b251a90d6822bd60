import { plan, run } from "@sluice/compute";
import { dtypes, type IntegerArray } from "@sluice/contract/array";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { reference } from "../../../support/compute/engines.ts";
import { elementAt, elementsBy, elementsOf, numbered } from "../../../support/compute/indexed.ts";
import { runTracked } from "../../../support/parity/tracked.ts";

const float = (...shape: number[]) => ({ shape, dtype: "float64" as const });
const places = (...shape: number[]) => ({ shape, dtype: "int64" as const });
const integers = (...values: number[]): IntegerArray => ({
  shape: [values.length],
  dtype: "int64",
  data: BigInt64Array.from(values, BigInt),
});

/** A slice as Python takes it, by walking it. */
function walked(extent: number, [start, stop, step]: readonly [number, number, number]): number[] {
  const at: number[] = [];
  const from = start < 0 ? start + extent : start;
  const to = stop < 0 ? stop + extent : stop;
  const inside = (place: number) => (step > 0 ? place < Math.min(to, extent) : place > Math.max(to, -1));
  let place = step > 0 ? Math.max(from, 0) : Math.min(from, extent - 1);
  if (to < 0 && step > 0) return [];
  for (; inside(place); place += step) at.push(place);
  return at;
}

const small = fc.integer({ min: -6, max: 6 });
const axis = fc.record({
  extent: fc.integer({ min: 0, max: 4 }),
  slice: fc.tuple(
    small,
    small,
    small.filter((step) => step !== 0),
  ),
});

test("slices of any steps pick what walking along each axis finds, in every dtype", () => {
  fc.assert(
    fc.property(fc.array(axis, { maxLength: 5 }), fc.constantFrom(...dtypes), (axes, dtype) => {
      const a = numbered(
        axes.map(({ extent }) => extent),
        dtype,
      );
      const index = axes.map(({ slice }) => slice.join(":")).join(", ");
      const { outputs, steps, bytes, leaked } = runTracked(
        reference,
        "getitem",
        { index: `[${index}]` },
        { a },
      );
      const picked = axes.map(({ extent, slice }) => walked(extent, slice));
      const shape = picked.map(({ length }) => length);
      expect(outputs.result?.shape).toEqual(shape);
      const wanted = elementsBy(shape, (place) =>
        elementAt(
          a,
          place.map((at, along) => picked[along]?.[at] ?? -1),
        ),
      );
      expect(elementsOf(outputs.result ?? a)).toEqual(wanted);
      expect(steps.begun).toBe(steps.planned);
      expect(bytes.peak).toBeLessThanOrEqual(bytes.planned);
      expect(leaked).toBe(0);
    }),
    { numRuns: 500 },
  );
});

test("where a place is set twice the last value stays, in the dtype of the array", () => {
  const a = integers(0, 0, 0);
  const value = { ...float(3), data: Float64Array.of(1.5, 2.5, 3.5) };
  const { result } = run("setitem", { index: "[x0]" }, { a, value, x0: integers(1, -2, 0) });
  expect(result).toEqual(integers(3, 2, 0));
  expect(a).toEqual(integers(0, 0, 0));
});

test("the steps of a program give places as numbers and as arrays", () => {
  const steps = [
    { as: "row", op: "getitem", args: ["a", 1], params: { index: "[x0]" } },
    { as: "set", op: "setitem", args: ["row", 7], params: { index: "[:1]" } },
  ];
  const a = { ...float(2, 2), data: Float64Array.of(1, 2, 3, 4) };
  expect(run("program", { steps }, { a }).result?.data).toEqual(Float64Array.of(7, 4));
});

describe("what an index is refused for", () => {
  const refused: [string, Parameters<typeof plan>[2], string, RegExp][] = [
    ["5", { a: float(3) }, "invalid-params", /index 5 is out of bounds for axis 0 with size 3/],
    ["0, -4", { a: float(3, 3) }, "invalid-params", /index -4 is out of bounds for axis 1 with size 3/],
    ["0, 0, 0", { a: float(3, 3) }, "invalid-params", /too many indices for array: array is 2-dim.* 3 were/],
    ["..., ...", { a: float(3) }, "invalid-params", /only have a single ellipsis/],
    ["::0", { a: float(3) }, "invalid-params", /slice step cannot be zero/],
    ["1:2:3:4", { a: float(3) }, "invalid-params", /at most two colons/],
    ["process.exit()", { a: float(3) }, "invalid-params", /is no integer/],
    ["1.5", { a: float(3) }, "invalid-params", /is no integer/],
    ["1,,2", { a: float(3, 3) }, "invalid-params", /is no integer/],
    ["x0", { a: float(3) }, "invalid-params", /names x0/],
    [":", { a: float(3), x0: places(1) }, "invalid-params", /x0 is not in it/],
    ["x0, x1", { a: float(3, 3), x0: places(2), x1: places(3) }, "invalid-shape", /broadcasts/],
    ["x0", { a: float(3), x0: { shape: [3], dtype: "bool" } }, "invalid-shape", /mask/],
    ["x0", { a: float(3), x0: float(3) }, "invalid-shape", /integer type/],
    ["x0", { a: float(0), x0: places(1) }, "invalid-params", /out of bounds for axis 0 with size 0/],
  ];

  test.each(refused)("%s", (index, inputs, code, message) => {
    const problem = expect.objectContaining({ code, message: expect.stringMatching(message) });
    expect(() => plan("getitem", { index }, inputs)).toThrow(problem);
  });

  test("places that lie outside fail the job", () => {
    const a = { ...float(2), data: Float64Array.of(1, 2) };
    expect(() => run("getitem", { index: "[x0]" }, { a, x0: integers(0, 2) })).toThrow(
      expect.objectContaining({
        code: "compute-failed",
        message: expect.stringContaining("index 2 is out of bounds for axis 0 with size 2"),
        place: expect.objectContaining({ field: "inputs.x0" }),
      }),
    );
  });

  test("a value that does not broadcast", () => {
    expect(() => plan("setitem", { index: "[:2]" }, { a: float(3), value: float(3) })).toThrow(
      expect.objectContaining({ message: expect.stringContaining("from shape (3) into shape (2)") }),
    );
  });
});
