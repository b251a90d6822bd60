import { type ArraySpec, type DenseArray, elementCount, partsOf } from "@sluice/contract/array";
import { broadcastAxes, broadcastShape } from "../broadcast.ts";
import type { Specs } from "../operation.ts";

/** How many of an input's last axes belong to one matrix or vector; it may depend on the input's own shape. */
export type CoreRanks = Readonly<Record<string, number | ((spec: ArraySpec) => number)>>;

/** Inputs taken apart by NumPy's gufunc rules: one core each, and the leading axes, broadcast against each other. */
export interface Batch {
  readonly shape: readonly number[];
  /** Elements of `shape`: how often the core is computed. */
  readonly count: number;
  /** What one core takes. */
  readonly cores: Specs;
}

function rankOf(ranks: CoreRanks, name: string, spec: ArraySpec): number {
  const rank = ranks[name];
  return typeof rank === "function" ? rank(spec) : rank;
}

/** @throws Problem invalid-shape for leading axes that do not broadcast, or an input without the axes of one core */
export function batchOf(inputs: Specs, ranks: CoreRanks): Batch {
  const cores: Specs = {};
  const leading: Specs = {};
  for (const [name, { shape, dtype }] of Object.entries(inputs)) {
    const axes = shape.length - rankOf(ranks, name, inputs[name]);
    cores[name] = { shape: shape.slice(axes), dtype };
    leading[name] = { shape: shape.slice(0, axes), dtype };
  }
  const shape = broadcastShape(leading);
  return { shape, count: elementCount(shape), cores };
}

/** Where the cores of an input begin, counted in cores, for every element of the batch in C order. */
function* coreNumbers(
  { shape: own }: ArraySpec,
  core: ArraySpec,
  { shape, count }: Batch,
): Generator<number> {
  const leading: ArraySpec = { ...core, shape: own.slice(0, own.length - core.shape.length) };
  const axes = broadcastAxes(leading, shape);
  const index = axes.map(() => 0);
  let at = 0;
  for (let done = 0; done < count; done += 1) {
    yield at;
    for (let axis = axes.length - 1; axis >= 0; axis -= 1) {
      const { extent, stride } = axes[axis];
      index[axis] += 1;
      at += stride;
      if (index[axis] < extent) break;
      at -= extent * stride;
      index[axis] = 0;
    }
  }
}

/** The cores of an input one after the other, as views: nothing is copied. */
export function* coresOf(array: DenseArray, core: ArraySpec, batch: Batch): Generator<DenseArray> {
  const numbers = partsOf(array) * elementCount(core.shape);
  for (const number of coreNumbers(array, core, batch)) {
    const data = array.data.subarray(number * numbers, (number + 1) * numbers);
    // A part of an array's data is of its kind, which the type checker cannot follow.
    yield { dtype: array.dtype, shape: core.shape, data } as DenseArray;
  }
}

/** The index of an element of the batch, as NumPy writes it. */
export function indexText(number: number, { shape }: Batch): string {
  let rest = number;
  const index = [...shape].reverse().map((extent) => {
    const own = rest % extent;
    rest = (rest - own) / extent;
    return own;
  });
  return `[${index.reverse().join(", ")}]`;
}
