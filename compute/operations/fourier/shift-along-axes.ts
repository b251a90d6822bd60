import { type ArraySpec, byteLength, type DenseArray, elementCount } from "@sluice/contract/array";
import { dataBytes } from "@sluice/contract/npy";
import * as z from "zod";
import { linesAlong } from "../../engines/array-lines.ts";
import type { Engine } from "../../engines/engine.ts";
import { settleAxis } from "../../model/axes.ts";
import { scaleStep, whileHolding } from "../../model/steps.ts";

const params = () =>
  z.strictObject({
    axes: z
      .array(z.int({ error: "a whole number" }))
      .optional()
      .describe(
        "The axes that are shifted, from the end when negative; all when absent. One named twice is shifted twice",
      ),
  });

type Params = z.output<ReturnType<typeof params>>;

/** Copies `from` into `to` with its points along an axis moved up by `by`, those at the end to the beginning. */
function rotate(from: DenseArray, to: DenseArray, axis: number, by: number): void {
  const { points, inner } = linesAlong(from.shape, axis);
  const [source, target] = [dataBytes(from), dataBytes(to)];
  const slab = byteLength({ shape: [points, inner], dtype: from.dtype });
  const split = slab - (by * slab) / points;
  for (let start = 0; start < source.length; start += slab) {
    target.set(source.subarray(start + split, start + slab), start);
    target.set(source.subarray(start, start + split), start + slab - split);
  }
}

/** Two copies for each block of the array that an axis and those behind it make. */
function copiesOf(shape: readonly number[], axes: readonly number[]): number {
  const moved = axes.filter((axis) => shape[axis] > 1);
  return moved.reduce((copies, axis) => copies + 2 * elementCount(shape.slice(0, axis)), 0);
}

/** Params, plan and run of fftshift (by half of the points, rounded down) and ifftshift (rounded up). */
export function shiftAlongAxes(half: (points: number) => number) {
  const axesOf = ({ axes }: Params, a: ArraySpec): number[] =>
    axes?.map((axis, index) => settleAxis(axis, a.shape.length, `params.axes[${index}]`)) ??
    a.shape.map((_, axis) => axis);

  return {
    params,

    plan(asked: Params, { a }: { a: ArraySpec }) {
      const { shape, dtype } = a;
      const result: ArraySpec = { shape, dtype };
      const passes = Math.max(1, axesOf(asked, a).length);
      // A copy runs at the speed of memory, as scaling does.
      const copy = {
        ...scaleStep(a),
        flops: 0,
        bytes: 2 * byteLength(a) * passes,
        lines: { kind: "copy" as const, count: copiesOf(shape, axesOf(asked, a)) },
      };
      const alive = passes > 1 ? [a, result, result] : [a, result];
      return { params: asked, outputs: { result }, steps: whileHolding(alive, [copy]) };
    },

    run(asked: Params, { a }: { a: DenseArray }, engine: Engine) {
      const moves = axesOf(asked, a).map((axis) => ({ axis, by: half(a.shape[axis]) % a.shape[axis] }));
      const isEmpty = elementCount(a.shape) === 0;
      const onFraction = engine.nextStep();
      let result: DenseArray = a;
      for (const { axis, by } of isEmpty || moves.length === 0 ? [{ axis: 0, by: 0 }] : moves) {
        const next = engine.array(a);
        if (by === 0) dataBytes(next).set(dataBytes(result));
        else rotate(result, next, axis, by);
        if (result !== a) engine.release(result);
        result = next;
      }
      onFraction(1);
      return { result };
    },
  };
}
