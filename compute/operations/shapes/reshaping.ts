import { type ArraySpec, elementCount } from "@sluice/contract/array";
import * as z from "zod";
import { settleAxes } from "../../model/axes.ts";
import { shapeText } from "../../model/broadcast.ts";
import { defineOperation, type Operation } from "../../model/operation.ts";
import { whileHolding } from "../../model/steps.ts";
import { anyArray } from "./define.ts";
import { atLeast } from "./joining.ts";
import { axesList, listOf, refuseParam, wholeNumber } from "./params.ts";

interface Reshaping<Schema extends z.ZodObject> {
  readonly name: string;
  readonly summary: string;
  readonly params: () => Schema;
  readonly example: Readonly<Record<string, unknown>>;
  /** @throws Problem */
  shapeOf(params: z.output<Schema>, a: ArraySpec): readonly number[];
}

/** An operation that answers its input in another shape: the same memory, nothing is copied. */
function defineReshaping<Schema extends z.ZodObject>({
  shapeOf,
  ...described
}: Reshaping<Schema>): Operation {
  return defineOperation({
    ...described,
    inputs: { a: anyArray() },
    outputs: { result: "the elements of a in C order, in its dtype" },
    plan: (params, { a }) => ({
      params,
      outputs: { result: { shape: shapeOf(params, a), dtype: a.dtype } },
      steps: whileHolding([a], [{ kernel: "rearrange", size: 1, flops: 0, bytes: 0 }]),
    }),
    run(params, { a }, engine) {
      engine.nextStep()(1);
      return { result: { ...a, shape: [...shapeOf(params, a)] } };
    },
  });
}

const matrix = [
  [1, 2, 3],
  [4, 5, 6],
];

/** A shape in which one extent may be -1, which the number of elements decides. */
function settledShape(asked: readonly number[], a: ArraySpec): number[] {
  const elements = elementCount(a.shape);
  const known = elementCount(asked.filter((extent) => extent !== -1));
  const open = asked.filter((extent) => extent === -1).length;
  const isRight = open === 0 ? known === elements : open === 1 && known > 0 && elements % known === 0;
  if (isRight) return asked.map((extent) => (extent === -1 ? elements / known : extent));
  return refuseParam(
    "params.shape",
    `a shape of ${elements} elements, as ${shapeText(a.shape)}`,
    shapeText(asked),
  );
}

export const reshaping: readonly Operation[] = [
  defineReshaping({
    name: "reshape",
    summary: "The same elements in another shape, as numpy.reshape",
    params: () =>
      z.strictObject({
        shape: z
          .union([wholeNumber().min(-1), z.array(wholeNumber().min(-1)).max(64)], {
            error: "an integer or a list of integers, one of them may be -1",
          })
          .describe("Extents; -1, once, is what the number of elements leaves"),
      }),
    example: { operation: "reshape", params: { shape: [3, -1] }, dataMatrix: matrix },
    shapeOf: ({ shape }, a) => settledShape(listOf(shape), a),
  }),
  defineReshaping({
    name: "ravel",
    summary: "All elements as one vector in C order, as numpy.ravel",
    params: () => z.strictObject({}),
    example: { operation: "ravel", dataMatrix: matrix },
    shapeOf: (_params, { shape }) => [elementCount(shape)],
  }),
  defineReshaping({
    name: "squeeze",
    summary: "Without axes of extent 1, as numpy.squeeze",
    params: () =>
      z.strictObject({
        axis: axesList().nullable().default(null).describe("Axes that go; null for all of extent 1"),
      }),
    example: { operation: "squeeze", dataMatrix: [[1, 2, 3]] },
    shapeOf({ axis }, a) {
      if (axis === null) return a.shape.filter((extent) => extent !== 1);
      const gone = settleAxes(axis, a);
      const wide = gone.find((one) => a.shape[one] !== 1);
      if (wide !== undefined)
        refuseParam("params.axis", "axes of extent 1", `axis ${wide} of extent ${a.shape[wide]}`);
      return a.shape.filter((_, one) => !gone.includes(one));
    },
  }),
  defineReshaping({
    name: "expand_dims",
    summary: "With new axes of extent 1, as numpy.expand_dims",
    params: () =>
      z.strictObject({ axis: axesList().default(0).describe("Where the new axes are in the result") }),
    example: { operation: "expand_dims", params: { axis: 0 }, dataMatrix: matrix },
    shapeOf({ axis }, a) {
      const asked = listOf(axis);
      const rank = a.shape.length + asked.length;
      const added = settleAxes(asked, { shape: Array(rank).fill(1), dtype: a.dtype });
      const own = [...a.shape];
      return Array.from({ length: rank }, (_, one) => (added.includes(one) ? 1 : (own.shift() ?? 1)));
    },
  }),
  ...([1, 2, 3] as const).map((axes) =>
    defineReshaping({
      name: `atleast_${axes}d`,
      summary: `With at least ${axes} axes, as numpy.atleast_${axes}d`,
      params: () => z.strictObject({}),
      example: { operation: `atleast_${axes}d`, dataMatrix: 5 },
      shapeOf: (_params, { shape }) => atLeast(shape, axes),
    }),
  ),
];
