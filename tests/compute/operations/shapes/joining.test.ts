import { plan } from "@sluice/compute";
import { dtypes } from "@sluice/contract/array";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { spec } from "../../../support/compute/arrays.ts";
import { reference } from "../../../support/compute/engines.ts";
import { elementAt, elementsBy, elementsOf, numbered } from "../../../support/compute/indexed.ts";
import { runTracked } from "../../../support/parity/tracked.ts";

const job = fc
  .record({
    shape: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 5 }),
    extents: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 4 }),
    dtype: fc.constantFrom(...dtypes),
  })
  .chain(({ shape, ...others }) =>
    fc.integer({ min: -shape.length, max: shape.length - 1 }).map((axis) => ({ shape, axis, ...others })),
  );

test("concat has each array's elements behind those of the ones before", () => {
  fc.assert(
    fc.property(job, ({ shape, extents, dtype, axis }) => {
      const along = axis < 0 ? axis + shape.length : axis;
      const arrays = extents.map((extent, index) => numbered(shape.with(along, extent), dtype, 100 * index));
      const inputs = Object.fromEntries(arrays.map((array, index) => [`x${index}`, array]));
      const { outputs, steps, bytes, leaked } = runTracked(reference, "concat", { axis }, inputs);
      const result = outputs.result ?? numbered([], dtype);
      expect(result.dtype).toBe(dtype);
      expect(result.shape).toEqual(
        shape.with(
          along,
          extents.reduce((sum, extent) => sum + extent, 0),
        ),
      );
      const wanted = elementsBy(result.shape, (index) => {
        let at = index[along] ?? 0;
        let which = 0;
        for (; at >= (extents[which] ?? 0); which += 1) at -= extents[which] ?? 0;
        return elementAt(arrays[which] ?? result, index.with(along, at));
      });
      expect(elementsOf(result)).toEqual(wanted);
      expect(steps.begun).toBe(steps.planned);
      expect(bytes.peak).toBeLessThanOrEqual(bytes.planned);
      expect(leaked).toBe(0);
    }),
  );
});

test("stack puts arrays of one shape along a new axis", () => {
  fc.assert(
    fc.property(job, ({ shape, extents, dtype, axis }) => {
      const arrays = extents.map((_, index) => numbered(shape, dtype, 100 * index));
      const inputs = Object.fromEntries(arrays.map((array, index) => [`x${index}`, array]));
      const { outputs } = runTracked(reference, "stack", { axis }, inputs);
      const result = outputs.result ?? numbered([], dtype);
      const along = axis < 0 ? axis + shape.length + 1 : axis;
      expect(result.shape).toEqual(shape.toSpliced(along, 0, extents.length));
      const wanted = elementsBy(result.shape, (index) =>
        elementAt(arrays[index[along] ?? 0] ?? result, index.toSpliced(along, 1)),
      );
      expect(elementsOf(result)).toEqual(wanted);
    }),
  );
});

describe("inputs of which there may be several", () => {
  test("are named x0, x1, … without a gap, and are one at least", () => {
    const refused = (inputs: Parameters<typeof plan>[2], field: string) =>
      expect(() => plan("concat", {}, inputs)).toThrow(
        expect.objectContaining({ code: "invalid-shape", place: expect.objectContaining({ field }) }),
      );
    refused({}, "inputs.x0");
    refused({ x0: spec([1]), x2: spec([1]) }, "inputs.x1");
    refused({ x0: spec([1]), a: spec([1]) }, "inputs.a");
    refused({ x0: spec([1]), x01: spec([1]) }, "inputs.x01");
    refused({ x0: spec([2, 1]), x1: spec([3, 2]) }, "inputs.x1");
  });

  test("are what a list of a program's args fills, numbers too", () => {
    const program = (args: unknown) => ({ steps: [{ as: "s", op: "stack", args }] });
    const inputs = { a: spec([], "float32"), b: spec([], "float32") };
    const planned = plan("program", program(["a", "b", 2]), inputs);
    expect(planned.outputs).toEqual({ result: spec([3], "float32") });
    expect(plan("program", program({ x1: "b", x0: "a", x2: 2 }), inputs).outputs).toEqual(planned.outputs);
  });

  test("promote as NumPy's", () => {
    const { outputs } = plan(
      "concat",
      {},
      {
        x0: { shape: [2], dtype: "int64" },
        x1: { shape: [1], dtype: "complex64" },
      },
    );
    expect(outputs).toEqual({ result: spec([3], "complex128") });
  });
});
