import {
  type ArraySpec,
  byteLength,
  type DenseArray,
  type Dtype,
  dtypes,
  elementCount,
} from "@sluice/contract/array";
import * as z from "zod";
import { fillWith } from "../../loops/rearrange/fill.ts";
import { fillArange, fillEye, fillLinspace } from "../../loops/rearrange/sequences.ts";
import { defineOperation, type Operation } from "../../model/operation.ts";
import { whileHolding } from "../../model/steps.ts";
import { dtypeOrNull, listOf, numberOf, realNumber, refuseParam, shapeParam, wholeNumber } from "./params.ts";

interface Creation<Schema extends z.ZodObject> {
  readonly name: string;
  readonly summary: string;
  readonly params: () => Schema;
  readonly sample: Readonly<Record<string, unknown>>;
  readonly differences?: readonly string[];
  /** @throws Problem */
  spec(params: z.output<Schema>): ArraySpec;
  fill(params: z.output<Schema>, array: DenseArray): void;
}

/** An operation that makes an array of its params alone. */
function defineCreation<Schema extends z.ZodObject>(creation: Creation<Schema>): Operation {
  const { spec, fill, sample, ...described } = creation;
  return defineOperation({
    ...described,
    inputs: {},
    outputs: { result: "the new array" },
    example: { operation: described.name, params: sample },
    plan(params) {
      const result = spec(params);
      const size = Math.max(1, elementCount(result.shape));
      const work = { kernel: "rearrange", size, flops: 0, bytes: 2 * byteLength(result) } as const;
      return { params, outputs: { result }, steps: whileHolding([result], [work]) };
    },
    run(params, _inputs, engine) {
      const result = engine.array(spec(params));
      const onFraction = engine.nextStep();
      fill(params, result);
      onFraction(1);
      return { result };
    },
  });
}

const dtypeParam = (byDefault: Dtype) =>
  z.enum(dtypes, { error: `one of ${dtypes.join(", ")}` }).default(byDefault);

/** zeros, ones and empty. */
const constant = (name: string, summary: string, value: number, differences?: readonly string[]): Operation =>
  defineCreation({
    name,
    summary,
    ...(differences && { differences }),
    params: () => z.strictObject({ shape: shapeParam(), dtype: dtypeParam("float64") }),
    sample: { shape: [2, 3] },
    spec: ({ shape, dtype }) => ({ shape: listOf(shape), dtype }),
    fill: (_params, array) => fillWith(array, value),
  });

const fillValue = () =>
  z
    .union([realNumber(), z.boolean(), z.strictObject({ complex: z.tuple([realNumber(), realNumber()]) })], {
      error: 'a number, true, false or {"complex": [re, im]}',
    })
    .describe("What every element is");
type FillValue = z.output<ReturnType<typeof fillValue>>;

function partsOfFill(value: FillValue): readonly [number, number] {
  if (typeof value === "boolean") return [Number(value), 0];
  if (typeof value !== "object") return [numberOf(value), 0];
  return [numberOf(value.complex[0]), numberOf(value.complex[1])];
}

/** What NumPy makes of Python's value where nothing else says so. */
function dtypeOfFill(value: FillValue): Dtype {
  if (typeof value === "boolean") return "bool";
  if (typeof value === "object") return "complex128";
  return Number.isSafeInteger(value) ? "int64" : "float64";
}

/** int64 holds whole numbers only, and no dtype but the complex ones an imaginary part. */
function requireHeld(field: string, [re, im]: readonly [number, number], dtype: Dtype): void {
  if (dtype === "int64" && !Number.isSafeInteger(Math.trunc(re)))
    refuseParam(field, "a number that int64 has", String(re));
  if (im !== 0 && dtype !== "complex64" && dtype !== "complex128")
    refuseParam(field, `a number of ${dtype}`, `${re} + ${im}i`);
}

/** zeros_like and its like: nothing is read of the input. */
function like(name: string, summary: string, value: number | undefined): Operation {
  // The schema below has parsed it; of a key that only some schemas have, its type is lost.
  const fillOf = (params: { fill_value?: unknown }): readonly [number, number] =>
    value === undefined ? partsOfFill(params.fill_value as FillValue) : [value, 0];
  const specOf = (params: { dtype?: Dtype | null }, a: ArraySpec): ArraySpec => ({
    shape: a.shape,
    dtype: params.dtype ?? a.dtype,
  });
  return defineOperation({
    name,
    summary,
    inputs: { a: { description: "any shape", rank: { min: 0 }, dtypes } },
    outputs: { result: "the shape of a, in its dtype or the one that is asked for" },
    params: () =>
      z.strictObject({
        dtype: dtypeOrNull("null for that of a"),
        ...(value === undefined && { fill_value: fillValue() }),
      }),
    example: {
      operation: name,
      dataMatrix: [[1, 2]],
      ...(value === undefined && { params: { fill_value: 7 } }),
    },
    plan(params, { a }) {
      const result = specOf(params, a);
      requireHeld("params.fill_value", fillOf(params), result.dtype);
      const size = Math.max(1, elementCount(a.shape));
      const work = { kernel: "rearrange", size, flops: 0, bytes: 2 * byteLength(result) } as const;
      return { params, outputs: { result }, steps: whileHolding([a, result], [work]) };
    },
    run(params, { a }, engine) {
      const result = engine.array(specOf(params, a));
      const onFraction = engine.nextStep();
      fillWith(result, ...fillOf(params));
      onFraction(1);
      return { result };
    },
  });
}

const extent = () => z.int({ error: "a whole number from 0" }).min(0, { error: "a whole number from 0" });

interface Range {
  readonly start: number;
  readonly stop: number;
  readonly step: number;
  readonly dtype: Dtype;
}

function rangeOf(asked: { start: number; stop: number | null; step: number; dtype: Dtype | null }): Range {
  const { step } = asked;
  const [start, stop] = asked.stop === null ? [0, asked.start] : [asked.start, asked.stop];
  if (step === 0) refuseParam("params.step", "a number other than 0", "0");
  const isWhole = [start, stop, step].every(Number.isSafeInteger);
  const dtype = asked.dtype ?? (isWhole ? "int64" : "float64");
  if (dtype === "int64" && !isWhole) refuseParam("params.dtype", "a floating dtype for these numbers", dtype);
  return { start, stop, step, dtype };
}

export const creation: readonly Operation[] = [
  constant("zeros", "An array of zeros, as numpy.zeros", 0),
  constant("ones", "An array of ones, as numpy.ones", 1),
  constant("empty", "An array of any values, as numpy.empty", 0, ["All elements are 0."]),
  defineCreation({
    name: "full",
    summary: "An array of one value, as numpy.full",
    params: () =>
      z.strictObject({
        shape: shapeParam(),
        fill_value: fillValue(),
        dtype: dtypeOrNull("null for that of the value: bool, int64, float64 or complex128"),
      }),
    sample: { shape: [2, 2], fill_value: 7 },
    spec({ shape, fill_value, dtype }) {
      const result = { shape: listOf(shape), dtype: dtype ?? dtypeOfFill(fill_value) };
      requireHeld("params.fill_value", partsOfFill(fill_value), result.dtype);
      return result;
    },
    fill: ({ fill_value }, array) => fillWith(array, ...partsOfFill(fill_value)),
  }),
  like("zeros_like", "Zeros in the shape of another array, as numpy.zeros_like", 0),
  like("ones_like", "Ones in the shape of another array, as numpy.ones_like", 1),
  like("empty_like", "An array in the shape of another, all 0, as numpy.empty_like", 0),
  like("full_like", "One value in the shape of another array, as numpy.full_like", undefined),
  defineCreation({
    name: "eye",
    summary: "Ones on a diagonal, zeros elsewhere, as numpy.eye",
    params: () =>
      z.strictObject({
        N: extent().describe("Rows"),
        M: extent().nullable().default(null).describe("Columns; null for as many as rows"),
        k: wholeNumber().default(0).describe("The diagonal: above the main one when positive"),
        dtype: dtypeParam("float64"),
      }),
    sample: { N: 3 },
    spec: ({ N, M, dtype }) => ({ shape: [N, M ?? N], dtype }),
    fill: ({ k }, array) => fillEye(array, k),
  }),
  defineCreation({
    name: "identity",
    summary: "The identity matrix, as numpy.identity",
    params: () => z.strictObject({ n: extent().describe("Rows and columns"), dtype: dtypeParam("float64") }),
    sample: { n: 2 },
    spec: ({ n, dtype }) => ({ shape: [n, n], dtype }),
    fill: (_params, array) => fillEye(array, 0),
  }),
  defineCreation({
    name: "arange",
    summary: "Numbers a step apart, the end not among them, as numpy.arange",
    params: () =>
      z.strictObject({
        start: z.number().describe("First number; the end, where there is no stop, and the first is 0"),
        stop: z.number().nullable().default(null).describe("The end"),
        step: z.number().default(1).describe("From one number to the next"),
        dtype: z
          .enum(["int64", "float64", "float32"], { error: "int64, float64 or float32" })
          .nullable()
          .default(null)
          .describe("null for int64 where all are whole numbers, else float64"),
      }),
    sample: { start: 5 },
    spec(params) {
      const { start, stop, step, dtype } = rangeOf(params);
      return { shape: [Math.max(0, Math.ceil((stop - start) / step))], dtype };
    },
    fill(params, array) {
      const { start, step } = rangeOf(params);
      fillArange(array, start, step);
    },
  }),
  defineCreation({
    name: "linspace",
    summary: "Numbers evenly apart from start to stop, as numpy.linspace",
    params: () =>
      z.strictObject({
        start: z.number(),
        stop: z.number(),
        num: extent().default(50).describe("How many"),
        endpoint: z.boolean().default(true).describe("Whether stop is the last of them"),
        dtype: z
          .enum(["float64", "float32", "int64"], { error: "float64, float32 or int64" })
          .default("float64"),
      }),
    sample: { start: 0, stop: 1, num: 5 },
    spec: ({ num, dtype }) => ({ shape: [num], dtype }),
    fill({ start, stop, endpoint }, { data }) {
      if (!(data instanceof Uint8Array)) fillLinspace(data, start, stop, endpoint);
    },
  }),
];
