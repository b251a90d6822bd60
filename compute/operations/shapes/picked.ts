import {
  type ArraySpec,
  type DenseArray,
  dtypes,
  elementCount,
  type IntegerArray,
} from "@sluice/contract/array";
import { Problem } from "@sluice/contract/problem";
import * as z from "zod";
import type { Engine } from "../../engines/engine.ts";
import { copyBetween } from "../../loops/rearrange/copy-between.ts";
import { indexedCopy } from "../../loops/rearrange/indexed-copy.ts";
import type { StridedView } from "../../loops/rearrange/strided-copy.ts";
import { broadcastView, wholeView } from "../../loops/rearrange/views.ts";
import { rearrangeStep } from "../../model/loop-steps.ts";
import type { Arrays } from "../../model/operation.ts";
import type { Work } from "../../model/steps.ts";
import type { VariadicRule } from "../variadic.ts";
import type { PickedElements, WalkedAxis } from "./resolve-index.ts";

export const indexParams = () =>
  z.strictObject({
    index: z
      .string({ error: 'an index such as "[1, :, ::-2, ..., None, x0]"' })
      .max(1000, { error: "at most 1000 characters" })
      .describe(
        "As NumPy writes it: integers, slices, ..., None or newaxis; x0, x1, … stand for the arrays of places",
      ),
  });

export const places: VariadicRule = {
  description: "int64: places along an axis that params.index names them for; they broadcast",
  rank: { min: 0 },
  dtypes,
  promotes: false,
  least: 0,
};

const placesAmong = (inputs: Readonly<Record<string, unknown>>): string[] =>
  Object.keys(inputs).filter((name) => /^x[0-9]+$/.test(name));

export const only = <Item>(inputs: Readonly<Record<string, Item>>): Record<string, Item> =>
  Object.fromEntries(placesAmong(inputs).map((name) => [name, inputs[name]]));

const viewOf = (axes: readonly WalkedAxis[], first: number): StridedView => ({
  shape: axes.map(({ extent }) => extent),
  strides: axes.map(({ stride }) => stride),
  first,
});

/** Offsets of the picked elements' places, one for each element of what the arrays broadcast to. */
function offsetsOf({ arrays, arraysShape }: PickedElements, inputs: Arrays, offsets: Float64Array): void {
  offsets.fill(0);
  for (const { axis, extent, stride, places: which } of arrays) {
    if ("at" in which) {
      for (let index = 0; index < offsets.length; index += 1) offsets[index] += which.at * stride;
      continue;
    }
    const array = inputs[which.input] as IntegerArray;
    eachPlace(broadcastView(wholeView(array.shape), arraysShape), (place, index) => {
      const at = Number(array.data[place]);
      if (at < -extent || at >= extent) outOfBounds(which.input, at, axis, extent);
      offsets[index] += (at < 0 ? at + extent : at) * stride;
    });
  }
}

function outOfBounds(input: string, at: number, axis: number, extent: number): never {
  throw new Problem("compute-failed", `index ${at} is out of bounds for axis ${axis} with size ${extent}`, {
    field: `inputs.${input}`,
    expected: `places from ${-extent} to ${extent - 1}`,
    got: String(at),
  });
}

/** Goes over a view's elements in C order. */
function eachPlace(
  { shape, strides, first }: StridedView,
  take: (place: number, index: number) => void,
): void {
  const counters = shape.map(() => 0);
  const count = elementCount(shape);
  let place = first;
  for (let index = 0; index < count; index += 1) {
    take(place, index);
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      counters[axis] += 1;
      place += strides[axis];
      if (counters[axis] < shape[axis]) break;
      place -= strides[axis] * shape[axis];
      counters[axis] = 0;
    }
  }
}

/** The two tables of offsets that arrays among the index take. */
export const tablesOf = ({ arrays, arraysShape }: PickedElements): ArraySpec<"float64">[] =>
  arrays.length === 0
    ? []
    : Array.from({ length: 2 }, () => ({ shape: [elementCount(arraysShape)], dtype: "float64" }));

export function copyWork(picked: PickedElements, result: ArraySpec): Work {
  const count = picked.arrays.length === 0 ? 1 : elementCount(picked.arraysShape) * picked.arrays.length;
  return { ...rearrangeStep(result, result), lines: { kind: "copy", count: Math.max(1, count) } };
}

/**
 * Copies between the picked elements of one array and a view in the result's shape of another; one step of the plan.
 * @param isRead whether the picked elements are what is read
 */
export function copyPicked(
  picked: PickedElements,
  inputs: Arrays,
  [indexed, other]: readonly [DenseArray, DenseArray],
  otherView: StridedView,
  isRead: boolean,
  engine: Engine,
): void {
  const onFraction = engine.nextStep();
  const { before, behind, first, arraysShape, shape } = picked;
  const own = viewOf([...before, ...behind], first);
  const [from, to] = isRead ? [indexed, other] : [other, indexed];
  const tables = tablesOf(picked).map((spec) => engine.array(spec));
  const [mine, theirs] = tables;
  if (!mine || !theirs) {
    copyBetween(from, to, isRead ? { from: own, to: otherView } : { from: otherView, to: own }, onFraction);
    return;
  }
  const walked = otherView.strides.map((stride, axis) => ({ extent: shape[axis], stride }));
  const end = before.length + arraysShape.length;
  const [mineData, theirsData] = [mine.data as Float64Array, theirs.data as Float64Array];
  offsetsOf(picked, inputs, mineData);
  eachPlace(viewOf(walked.slice(before.length, end), 0), (place, index) => {
    theirsData[index] = place;
  });
  const rest = viewOf([...walked.slice(0, before.length), ...walked.slice(end)], otherView.first);
  const [ownSide, otherSide] = [
    { view: own, offsets: mineData },
    { view: rest, offsets: theirsData },
  ];
  indexedCopy(
    from,
    to,
    ...(isRead ? ([ownSide, otherSide] as const) : ([otherSide, ownSide] as const)),
    onFraction,
  );
  for (const table of tables) engine.release(table);
}

export const indexDifferences = [
  "Masks of bool are refused: how many elements they pick is known at the run only.",
  "Lists of integers are inputs, x0, x1, …, which params.index names.",
];
