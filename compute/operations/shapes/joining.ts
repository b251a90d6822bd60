import { type ArraySpec, type Dtype, dtypes, elementCount } from "@sluice/contract/array";
import { Problem } from "@sluice/contract/problem";
import * as z from "zod";
import { slicedAlong, wholeView } from "../../loops/rearrange/views.ts";
import { settleAxis } from "../../model/axes.ts";
import { shapeText } from "../../model/broadcast.ts";
import type { Operation, Specs } from "../../model/operation.ts";
import { resultDtype } from "../../model/result-dtype.ts";
import { listed, type VariadicRule } from "../variadic.ts";
import { defineRearrangement, type Layout } from "./define.ts";

const several: VariadicRule = { description: "any shape", rank: { min: 0 }, dtypes, least: 1 };

const joinParams = () =>
  z.strictObject({
    axis: z
      .int({ error: "an integer, or null" })
      .nullable()
      .default(0)
      .describe("Axis along which they are joined; null joins their elements in C order"),
    dtype: dtypeParam(),
  });

const dtypeParam = () =>
  z
    .enum(dtypes, { error: `one of ${dtypes.join(", ")}` })
    .nullable()
    .default(null)
    .describe("Dtype of the result; null takes what the dtypes of all promote to");

function commonDtype(specs: readonly ArraySpec[], asked: Dtype | null): Dtype {
  return asked ?? specs.map(({ dtype }) => dtype).reduce((one, other) => resultDtype(one, other));
}

function refuseShape(index: number, expected: string, got: readonly number[]): never {
  throw new Problem("invalid-shape", `inputs.x${index} must have ${expected}, not ${shapeText(got)}.`, {
    field: `inputs.x${index}`,
    expected,
    got: shapeText(got),
  });
}

/** Arrays side by side along an axis, each seen in a shape of its own: all but that axis is the same. */
function joined(
  specs: readonly ArraySpec[],
  shapes: readonly (readonly number[])[],
  axis: number,
  dtype: Dtype,
): Layout {
  const [first] = shapes;
  for (const [index, shape] of shapes.entries()) {
    const isAlike =
      shape.length === first.length && shape.every((extent, at) => at === axis || extent === first[at]);
    if (isAlike) continue;
    refuseShape(index, `the shape of x0, ${shapeText(first)}, but for axis ${axis}`, shape);
  }
  const result = first.with(
    axis,
    shapes.reduce((sum, shape) => sum + shape[axis], 0),
  );
  const whole = wholeView(result);
  let start = 0;
  const placed = specs.map((_, index) => {
    const shape = shapes[index];
    const to = slicedAlong(whole, axis, start, shape[axis]);
    start += shape[axis];
    return { input: `x${index}`, output: "result", from: wholeView(shape), to };
  });
  return { outputs: { result: { shape: result, dtype } }, placed };
}

/** Refuses 0-d arrays, as numpy.concatenate does. */
function requireAxes(specs: readonly ArraySpec[]): void {
  for (const [index, { shape }] of specs.entries()) {
    if (shape.length === 0) refuseShape(index, "at least one axis", shape);
  }
}

const joinExample = {
  x0: { data: [[1, 2]] },
  x1: {
    data: [
      [3, 4],
      [5, 6],
    ],
  },
};

const concat = defineRearrangement({
  name: "concat",
  aliases: ["concatenate"],
  summary: "Arrays one behind the other along an axis, as numpy.concatenate",
  inputs: {},
  variadic: { ...several, description: "shapes that differ along the axis alone" },
  outputs: { result: "their extents added up along the axis, in the dtype they promote to" },
  params: joinParams,
  example: { operation: "concat", inputs: joinExample },
  layout({ axis, dtype }, inputs) {
    const specs = listed<ArraySpec>(inputs);
    const common = commonDtype(specs, dtype);
    if (axis === null)
      return joined(
        specs,
        specs.map(({ shape }) => [elementCount(shape)]),
        0,
        common,
      );
    requireAxes(specs);
    const settled = settleAxis(axis, specs[0].shape.length);
    return joined(
      specs,
      specs.map(({ shape }) => shape),
      settled,
      common,
    );
  },
});

const stack = defineRearrangement({
  name: "stack",
  summary: "Arrays of one shape side by side along a new axis, as numpy.stack",
  inputs: {},
  variadic: { ...several, description: "all of one shape" },
  outputs: { result: "their shape with a new axis, in the dtype they promote to" },
  params: () =>
    z.strictObject({
      axis: z.int({ error: "an integer" }).default(0).describe("Where the new axis is in the result"),
      dtype: dtypeParam(),
    }),
  example: { operation: "stack", inputs: { x0: { data: [1, 2] }, x1: { data: [3, 4] } } },
  layout({ axis, dtype }, inputs) {
    const specs = listed<ArraySpec>(inputs);
    const [{ shape: first }] = specs;
    for (const [index, { shape }] of specs.entries()) {
      if (String(shape) !== String(first) || shape.length !== first.length) {
        refuseShape(index, `the shape of x0, ${shapeText(first)}`, shape);
      }
    }
    const settled = settleAxis(axis, first.length + 1);
    const shapes = specs.map(({ shape }) => shape.toSpliced(settled, 0, 1));
    return joined(specs, shapes, settled, commonDtype(specs, dtype));
  },
});

/** numpy.atleast_1d, 2d, 3d. */
export function atLeast(shape: readonly number[], axes: 1 | 2 | 3): readonly number[] {
  if (shape.length >= axes) return shape;
  if (axes === 1) return [1];
  if (axes === 2) return [1, shape[0] ?? 1];
  return shape.length === 2 ? [...shape, 1] : [1, shape[0] ?? 1, 1];
}

/** What joins arrays along a fixed axis after giving each at least so many axes. */
function defineJoin(
  name: string,
  aliases: readonly string[],
  how: string,
  place: (specs: readonly ArraySpec[]) => { shapes: (readonly number[])[]; axis: number },
): Operation {
  return defineRearrangement({
    name,
    aliases,
    summary: `${how}, as numpy.${name}`,
    inputs: {},
    variadic: several,
    outputs: { result: "joined, in the dtype they promote to" },
    params: () => z.strictObject({ dtype: dtypeParam() }),
    example: { operation: name, inputs: { x0: { data: [1, 2] }, x1: { data: [3, 4] } } },
    layout({ dtype }, inputs: Specs) {
      const specs = listed<ArraySpec>(inputs);
      const { shapes, axis } = place(specs);
      return joined(specs, shapes, axis, commonDtype(specs, dtype));
    },
  });
}

const seenAs = (axes: 1 | 2 | 3) => (specs: readonly ArraySpec[]) =>
  specs.map(({ shape }) => atLeast(shape, axes));

export const joining: readonly Operation[] = [
  concat,
  stack,
  defineJoin("vstack", ["row_stack"], "Arrays as rows below one another", (specs) => ({
    shapes: seenAs(2)(specs),
    axis: 0,
  })),
  defineJoin(
    "hstack",
    [],
    "Arrays side by side along the second axis, vectors along their only one",
    (specs) => {
      const shapes = seenAs(1)(specs);
      return { shapes, axis: shapes[0].length === 1 ? 0 : 1 };
    },
  ),
  defineJoin("dstack", [], "Arrays behind one another along the third axis", (specs) => ({
    shapes: seenAs(3)(specs),
    axis: 2,
  })),
  defineJoin("column_stack", [], "Vectors as columns, and matrices, side by side", (specs) => ({
    shapes: specs.map(({ shape }) => (shape.length < 2 ? [shape[0] ?? 1, 1] : shape)),
    axis: 1,
  })),
];
