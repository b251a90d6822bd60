import type { DenseArray } from "@sluice/contract/array";
import type { OnFraction } from "../../model/on-fraction.ts";
import { copyBetween } from "./copy-between.ts";
import { entriesOf } from "./entries.ts";
import type { StridedView } from "./strided-copy.ts";

/** Elements of a view from whose places others are counted: one copy for each. */
export interface OffsetView {
  readonly view: StridedView;
  /** Elements by which the view is moved, one number for each copy. */
  readonly offsets: Float64Array;
}

/** Views of at most so many elements are copied by a list of their places. */
const mostListed = 256;
const perReport = 2 ** 16;

/** Places of a view's elements in C order, in entries. */
function placesOf({ shape, strides, first }: StridedView, parts: number): number[] {
  let places = [first * parts];
  for (const [axis, extent] of shape.entries()) {
    places = places.flatMap((place) =>
      Array.from({ length: extent }, (_, at) => place + at * strides[axis] * parts),
    );
  }
  return places;
}

const moved = ({ view, offsets }: OffsetView, index: number): StridedView => ({
  ...view,
  first: view.first + offsets[index],
});

/** Copies a view of `source` to one of `target`, of the same shape, as often as they have offsets, in order. */
export function indexedCopy(
  source: DenseArray,
  target: DenseArray,
  from: OffsetView,
  to: OffsetView,
  onFraction: OnFraction,
): void {
  const { data, parts } = entriesOf(source);
  const { data: out } = entriesOf(target);
  const elements = from.view.shape.reduce((count, extent) => count * extent, 1);
  const copies = from.offsets.length;
  if (elements > mostListed) {
    for (let index = 0; index < copies; index += 1) {
      copyBetween(source, target, { from: moved(from, index), to: moved(to, index) }, () => {});
      onFraction((index + 1) / copies);
    }
  } else if (elements > 0) {
    const [read, written] = [placesOf(from.view, parts), placesOf(to.view, parts)];
    for (let index = 0; index < copies; index += 1) {
      const [here, there] = [from.offsets[index] * parts, to.offsets[index] * parts];
      for (let element = 0; element < elements; element += 1) {
        for (let part = 0; part < parts; part += 1) {
          out[there + written[element] + part] = data[here + read[element] + part];
        }
      }
      if (index % perReport === 0) onFraction(index / copies);
    }
  }
  onFraction(1);
}
