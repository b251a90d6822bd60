import { type ArraySpec, elementCount } from "@sluice/contract/array";
import * as z from "zod";
import type { StridedView } from "../../loops/rearrange/strided-copy.ts";
import {
  broadcastView,
  flippedAlong,
  permuted,
  repeatedAlong,
  slicedAlong,
  wholeView,
} from "../../loops/rearrange/views.ts";
import { settleAxes, settleAxis } from "../../model/axes.ts";
import { broadcastShape, shapeText } from "../../model/broadcast.ts";
import type { Operation } from "../../model/operation.ts";
import { anyArray, defineRearrangement, type Layout } from "./define.ts";
import { axesList, listOf, refuseParam, shapeParam, wholeNumber } from "./params.ts";
import { rolled, shiftsOf } from "./rolling.ts";

const matrix = [
  [1, 2, 3],
  [4, 5, 6],
];

interface Moving<Schema extends z.ZodObject> {
  readonly name: string;
  readonly summary: string;
  readonly params: () => Schema;
  readonly sample?: Readonly<Record<string, unknown>>;
  readonly data?: unknown;
  layout(params: z.output<Schema>, a: ArraySpec): Layout;
}

/** A rearrangement of one array, in its dtype. */
const moving = <Schema extends z.ZodObject>({
  layout,
  sample,
  data,
  ...described
}: Moving<Schema>): Operation =>
  defineRearrangement({
    ...described,
    inputs: { a: anyArray() },
    outputs: { result: "elements of a, in its dtype" },
    example: { operation: described.name, ...(sample && { params: sample }), dataMatrix: data ?? matrix },
    layout: (params, { a }) => layout(params, a),
  });

/** All that the view shows, in its order, as an array of this shape. */
function shown({ dtype }: ArraySpec, from: StridedView, shape: readonly number[] = from.shape): Layout {
  const placed = [{ input: "a", output: "result", from, to: wholeView(from.shape) }];
  return { outputs: { result: { shape, dtype } }, placed };
}

function movedOrder(rank: number, source: readonly number[], destination: readonly number[]): number[] {
  if (source.length !== destination.length) {
    refuseParam(
      "params.destination",
      `as many axes as params.source, ${source.length}`,
      String(destination.length),
    );
  }
  const settled = (axes: readonly number[], field: string) => {
    const all = axes.map((axis) => settleAxis(axis, rank, field));
    if (new Set(all).size < all.length) refuseParam(field, "each axis once", shapeText(axes));
    return all;
  };
  const [from, to] = [settled(source, "params.source"), settled(destination, "params.destination")];
  const rest = Array.from({ length: rank }, (_, axis) => axis).filter((axis) => !from.includes(axis));
  return Array.from({ length: rank }, (_, axis) => {
    const at = to.indexOf(axis);
    return at >= 0 ? from[at] : (rest.shift() ?? 0);
  });
}

function rotated(view: StridedView, turns: number, [first, second]: readonly [number, number]): StridedView {
  const order = view.shape.map((_, axis) => (axis === first ? second : axis === second ? first : axis));
  if (turns === 0) return view;
  if (turns === 2) return flippedAlong(flippedAlong(view, first), second);
  return turns === 1
    ? permuted(flippedAlong(view, second), order)
    : flippedAlong(permuted(view, order), second);
}

function repeatedBy(a: ArraySpec, shape: readonly number[], axis: number, counts: readonly number[]): Layout {
  const whole = wholeView(shape);
  if (counts.length === 1) {
    const [count] = counts;
    return shown(a, repeatedAlong(whole, axis + 1, count), shape.with(axis, shape[axis] * count));
  }
  if (counts.length !== shape[axis])
    refuseParam("params.repeats", `1 or ${shape[axis]} counts`, String(counts.length));
  const total = counts.reduce((sum, count) => sum + count, 0);
  const result = shape.with(axis, total);
  let start = 0;
  const placed = counts.map((count, at) => {
    const point = slicedAlong(whole, axis, at, 1);
    const to = slicedAlong(wholeView(result), axis, start, count);
    start += count;
    return { input: "a", output: "result", from: broadcastView(point, to.shape), to };
  });
  return { outputs: { result: { shape: result, dtype: a.dtype } }, placed };
}

const axisOrNull = () => wholeNumber().nullable().default(null);
const count = () => z.int({ error: "a whole number from 0" }).min(0, { error: "a whole number from 0" });

export const movingElements: readonly Operation[] = [
  moving({
    name: "moveaxis",
    summary: "Axes moved to other places, the others in their order, as numpy.moveaxis",
    params: () =>
      z.strictObject({
        source: axesList().describe("Axes of a"),
        destination: axesList().describe("Where each is in the result"),
      }),
    sample: { source: 0, destination: -1 },
    layout({ source, destination }, a) {
      const order = movedOrder(a.shape.length, listOf(source), listOf(destination));
      return shown(a, permuted(wholeView(a.shape), order));
    },
  }),
  moving({
    name: "swapaxes",
    summary: "Two axes exchanged, as numpy.swapaxes",
    params: () => z.strictObject({ axis1: wholeNumber().default(0), axis2: wholeNumber().default(1) }),
    layout({ axis1, axis2 }, a) {
      const rank = a.shape.length;
      const [one, other] = [settleAxis(axis1, rank, "params.axis1"), settleAxis(axis2, rank, "params.axis2")];
      const order = a.shape.map((_, axis) => (axis === one ? other : axis === other ? one : axis));
      return shown(a, permuted(wholeView(a.shape), order));
    },
  }),
  moving({
    name: "flip",
    summary: "Elements in reverse order along axes, as numpy.flip",
    params: () => z.strictObject({ axis: axesList().nullable().default(null).describe("null for all axes") }),
    layout: ({ axis }, a) => shown(a, settleAxes(axis, a).reduce(flippedAlong, wholeView(a.shape))),
  }),
  moving({
    name: "roll",
    summary: "Elements moved along axes, those at the end to the beginning, as numpy.roll",
    params: () =>
      z.strictObject({
        shift: axesList().describe("Places to move by; negative to the front"),
        axis: axesList().nullable().default(null).describe("null rolls the elements in C order"),
      }),
    sample: { shift: 1, axis: 1 },
    layout({ shift, axis }, a) {
      if (axis !== null) return rolled(a, a.shape, shiftsOf(listOf(shift), listOf(axis), a.shape.length));
      return rolled(a, [elementCount(a.shape)], shiftsOf(listOf(shift), [0], 1));
    },
  }),
  moving({
    name: "rot90",
    summary: "Turned by quarters in the plane of two axes, as numpy.rot90",
    params: () =>
      z.strictObject({
        k: wholeNumber().default(1).describe("Quarter turns from the first axis towards the second"),
        axes: z.tuple([wholeNumber(), wholeNumber()], { error: "two axes" }).default([0, 1]),
      }),
    layout({ k, axes }, a) {
      const [first, second] = axes.map((axis) => settleAxis(axis, a.shape.length, "params.axes"));
      if (first === second) refuseParam("params.axes", "two axes", shapeText(axes));
      return shown(a, rotated(wholeView(a.shape), ((k % 4) + 4) % 4, [first, second]));
    },
  }),
  moving({
    name: "broadcast_to",
    summary: "Repeated to a shape that it broadcasts to, as numpy.broadcast_to",
    params: () => z.strictObject({ shape: shapeParam() }),
    sample: { shape: [2, 6] },
    data: [[1, 2, 3, 4, 5, 6]],
    layout({ shape }, a) {
      const wanted = listOf(shape);
      const together =
        a.shape.length <= wanted.length && broadcastShape({ a, wanted: { ...a, shape: wanted } });
      if (String(together) !== String(wanted)) {
        refuseParam("params.shape", `a shape that ${shapeText(a.shape)} broadcasts to`, shapeText(wanted));
      }
      return shown(a, broadcastView(wholeView(a.shape), wanted));
    },
  }),
  moving({
    name: "tile",
    summary: "Copies side by side, as numpy.tile",
    params: () =>
      z.strictObject({
        reps: z.union([count(), z.array(count()).max(64)], {
          error: "a whole number from 0, or a list of them",
        }),
      }),
    sample: { reps: [1, 2] },
    layout({ reps }, a) {
      const asked = listOf(reps);
      const rank = Math.max(asked.length, a.shape.length);
      const own = [...Array(rank - a.shape.length).fill(1), ...a.shape];
      const times = [...Array(rank - asked.length).fill(1), ...asked];
      const from = times.reduceRight((view, by, axis) => repeatedAlong(view, axis, by), wholeView(own));
      return shown(
        a,
        from,
        own.map((extent, axis) => extent * times[axis]),
      );
    },
  }),
  moving({
    name: "repeat",
    summary: "Every element several times, as numpy.repeat",
    params: () =>
      z.strictObject({
        repeats: z.union([count(), z.array(count()).min(1)], { error: "a count, or a list of counts" }),
        axis: axisOrNull().describe("null takes the elements in C order"),
      }),
    sample: { repeats: 2, axis: 1 },
    layout({ repeats, axis }, a) {
      const shape = axis === null ? [elementCount(a.shape)] : a.shape;
      return repeatedBy(a, shape, axis === null ? 0 : settleAxis(axis, shape.length), listOf(repeats));
    },
  }),
];
