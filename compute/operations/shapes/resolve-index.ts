import { type ArraySpec, elementCount } from "@sluice/contract/array";
import { Problem } from "@sluice/contract/problem";
import { stridesOf } from "../../loops/rearrange/strided-copy.ts";
import { broadcastShape, shapeText } from "../../model/broadcast.ts";
import type { Specs } from "../../model/operation.ts";
import { type IndexItem, parseIndex, refuseIndex, sliceOf } from "./index-text.ts";

export interface WalkedAxis {
  readonly extent: number;
  readonly stride: number;
}

/** One axis of the array whose places are numbers of an array, or one number for all. */
export interface ArrayIndex {
  readonly axis: number;
  readonly extent: number;
  readonly stride: number;
  readonly places: { readonly input: string } | { readonly at: number };
}

/** The elements that an index picks from a C-order array. */
export interface PickedElements {
  /** Axes of the result before and behind those of the arrays among the index. */
  readonly before: readonly WalkedAxis[];
  readonly behind: readonly WalkedAxis[];
  readonly first: number;
  readonly arrays: readonly ArrayIndex[];
  /** What the arrays among the index broadcast to; [] without any. */
  readonly arraysShape: readonly number[];
  readonly shape: readonly number[];
}

const consumes = ({ kind }: IndexItem): boolean => kind === "integer" || kind === "slice" || kind === "array";

/** The items with as many whole slices for the ellipsis as there are axes left; one at the end where there is none. */
function expanded(items: readonly IndexItem[], rank: number): IndexItem[] {
  const used = items.filter(consumes).length;
  if (used > rank) {
    refuseIndex(
      `too many indices for array: array is ${rank}-dimensional, but ${used} were indexed`,
      `${used} indices`,
    );
  }
  const rest: IndexItem[] = Array.from({ length: rank - used }, () => ({
    kind: "slice",
    start: undefined,
    stop: undefined,
    step: 1,
  }));
  const at = items.findIndex(({ kind }) => kind === "ellipsis");
  if (at < 0) return [...items, ...rest];
  // An ellipsis for no axes still parts the arrays on its two sides, as in NumPy.
  return [...items.slice(0, at), ...(rest.length > 0 ? rest : [items[at]]), ...items.slice(at + 1)];
}

function requireIntegers(inputs: Specs): void {
  for (const [name, { dtype }] of Object.entries(inputs)) {
    if (dtype === "int64") continue;
    const why =
      dtype === "bool"
        ? "A mask picks as many elements as it has true ones, which no plan knows: use where, or an int64 array of places."
        : "Arrays used as indices must be of integer type.";
    throw new Problem("invalid-shape", `inputs.${name} must have dtype int64, not ${dtype}. ${why}`, {
      field: `inputs.${name}`,
      expected: "int64",
      got: dtype,
    });
  }
}

/** Each input that the text names, and none that it does not. */
function requireNamed(items: readonly IndexItem[], inputs: Specs): void {
  const named = new Set(items.flatMap((item) => (item.kind === "array" ? [item.input] : [])));
  for (const name of named) {
    if (!Object.hasOwn(inputs, name))
      refuseIndex(`it names ${name}, but there is no input of this name`, name);
  }
  for (const name of Object.keys(inputs)) {
    if (!named.has(name)) refuseIndex(`the input ${name} is not in it`, `an index without ${name}`);
  }
}

function placeOf(at: number, axis: number, extent: number): number {
  if (at >= -extent && at < extent) return at < 0 ? at + extent : at;
  return refuseIndex(`index ${at} is out of bounds for axis ${axis} with size ${extent}`, String(at));
}

/**
 * NumPy's indexing, basic and advanced, of an array of this shape.
 * @param inputs specs of x0, x1, …, the arrays that the text names
 * @throws Problem invalid-params for an index that does not fit, invalid-shape for arrays that do not broadcast
 */
export function resolveIndex(text: string, { shape }: ArraySpec, inputs: Specs): PickedElements {
  const items = expanded(parseIndex(text), shape.length);
  requireIntegers(inputs);
  requireNamed(items, inputs);
  const strides = stridesOf(shape);
  const isAdvanced = Object.keys(inputs).length > 0;
  const walked: WalkedAxis[] = [];
  const arrays: ArrayIndex[] = [];
  // Of the result's axes, how many stand before each item that is an array; and the places of those items.
  const [behindWalked, positions]: [number[], number[]] = [[], []];
  let first = 0;
  let axis = 0;
  for (const [position, item] of items.entries()) {
    const [extent, stride] = [shape[axis], strides[axis]];
    if (item.kind === "newaxis") walked.push({ extent: 1, stride: 0 });
    else if (item.kind === "slice") {
      const { start, count } = sliceOf(item, extent);
      walked.push({ extent: count, stride: stride * item.step });
      if (count > 0) first += start * stride;
    } else if (item.kind === "integer" || item.kind === "array") {
      const at = item.kind === "integer" ? placeOf(item.at, axis, extent) : 0;
      const places = item.kind === "array" ? { input: item.input } : { at };
      if (isAdvanced) {
        arrays.push({ axis, extent, stride, places });
        behindWalked.push(walked.length);
        positions.push(position);
      } else first += at * stride;
    }
    if (consumes(item)) axis += 1;
  }
  const arraysShape = broadcastShape(inputs);
  const isTogether = positions.every((position, index) => position === positions[0] + index);
  const split = isTogether ? (behindWalked[0] ?? 0) : 0;
  const [before, behind] = [walked.slice(0, split), walked.slice(split)];
  const extents = (axes: readonly WalkedAxis[]) => axes.map(({ extent }) => extent);
  const result = [...extents(before), ...arraysShape, ...extents(behind)];
  requireSomewhere(arrays, result);
  return { before, behind, first, arrays, arraysShape, shape: result };
}

/** Any place on an axis without points is out of bounds, unless no element is asked for. */
function requireSomewhere(arrays: readonly ArrayIndex[], result: readonly number[]): void {
  const none = arrays.find(({ extent }) => extent === 0);
  if (!none || elementCount(result) === 0) return;
  refuseIndex(`index 0 is out of bounds for axis ${none.axis} with size 0`, shapeText(result));
}
