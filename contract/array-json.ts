/**
 * Arrays as JSON: nested lists of numbers, or of true and false; `{re, im}` for complex; strings for what JSON has no
 * number for.
 */
import {
  type ArraySpec,
  type DenseArray,
  type Dtype,
  elementCount,
  type FloatingArray,
  isComplex,
  partsOf,
  zeros,
} from "./array.ts";
import {
  type JsonElement,
  type JsonElements,
  jsonElement,
  jsonElements,
  leastElementLength,
} from "./json-elements.ts";
import { Problem } from "./problem.ts";

const mostAxes = 64;
const longestQuote = 40;

type Path = readonly number[];
/** Elements, or lists of them as deep as the array has axes. */
export type NestedElements = JsonElement | NestedElements[];
export type ArrayJson = NestedElements | { readonly re: NestedElements; readonly im: NestedElements };

/** What came instead, briefly; containers by kind alone, as their text may be megabytes or endless nesting. */
function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  if (typeof value === "bigint") return String(value);
  const text = JSON.stringify(value);
  return text.length > longestQuote ? `${text.slice(0, longestQuote)}…` : text;
}

function refuse(field: string, path: Path, expected: string, got: string): never {
  const place = field + path.map((index) => `[${index}]`).join("");
  throw new Problem("invalid-array", `${place} must be ${expected}, not ${got}.`, {
    field: place,
    expected,
    got,
  });
}

/** The shape by the first element at every depth; whether the others agree is checked next. */
function shapeOf(value: unknown, field: string): number[] {
  const shape: number[] = [];
  for (let inner = value; Array.isArray(inner); inner = inner[0]) {
    shape.push(inner.length);
    if (shape.length > mostAxes) refuse(field, [], `at most ${mostAxes} levels deep`, "deeper");
  }
  return shape;
}

/**
 * Checks the lengths of all lists, before anything is allocated: one long first row among a million
 * empty ones must not reserve memory for a million long ones.
 */
function checkLengths(value: unknown, shape: readonly number[], field: string, path: Path): void {
  const extent = shape[path.length];
  if (extent === undefined) return;
  if (!Array.isArray(value)) refuse(field, path, `an array of ${extent}, as its neighbours`, describe(value));
  if (value.length !== extent)
    refuse(field, path, `an array of ${extent}, as its neighbours`, describe(value));
  if (path.length + 1 === shape.length) return;
  for (let index = 0; index < extent; index += 1) checkLengths(value[index], shape, field, [...path, index]);
}

/** Writes the innermost lists one after the other; answers where it stopped. */
function fill(
  elements: JsonElements,
  from: number,
  value: unknown[],
  rank: number,
  field: string,
  path: Path,
): number {
  let at = from;
  const isInnermost = path.length + 1 === rank;
  for (let index = 0; index < value.length; index += 1) {
    const inner = value[index];
    if (!isInnermost) at = fill(elements, at, inner as unknown[], rank, field, [...path, index]);
    else {
      if (!elements.put(at, inner)) refuse(field, [...path, index], elements.expected, describe(inner));
      at += 1;
    }
  }
  return at;
}

/** What a parser that reads arrays straight from the text puts in their place: never a value of JSON itself. */
function isRead(value: unknown): value is DenseArray {
  return typeof value === "object" && value !== null && "data" in value && ArrayBuffer.isView(value.data);
}

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !isRead(value);

/** An array that was read from the text already, in the dtype that is asked for. */
function convertRead(read: DenseArray, dtype: Dtype, field: string): DenseArray {
  if (read.dtype === dtype) return read;
  const array = zeros({ shape: read.shape, dtype });
  const elements = jsonElements(array);
  for (const [index, value] of read.data.entries()) {
    if (!elements.put(index, value))
      refuse(field, pathOf(index, read.shape), elements.expected, describe(value));
  }
  return array;
}

/** Where an element lies that is the `index`-th in C order. */
function pathOf(index: number, shape: readonly number[]): number[] {
  let rest = index;
  return shape.map((_, axis) => {
    const inner = elementCount(shape.slice(axis + 1));
    const at = Math.floor(rest / inner);
    rest -= at * inner;
    return at;
  });
}

/** bool where the first element is true or false, else float64. */
function dtypeOf(value: unknown): Dtype {
  let inner = value;
  while (Array.isArray(inner)) inner = inner[0];
  return typeof inner === "boolean" ? "bool" : "float64";
}

function realFromJson(value: unknown, field: string, wanted: Dtype | undefined): DenseArray {
  if (isRead(value)) return convertRead(value, wanted ?? "float64", field);
  const shape = shapeOf(value, field);
  const dtype = wanted ?? dtypeOf(value);
  checkLengths(value, shape, field, []);
  const array = zeros({ shape, dtype });
  const elements = jsonElements(array);
  if (Array.isArray(value)) fill(elements, 0, value, shape.length, field, []);
  else if (!elements.put(0, value)) refuse(field, [], elements.expected, describe(value));
  return array;
}

function complexFromJson(value: unknown, field: string, dtype: "complex128" | "complex64"): FloatingArray {
  const part = dtype === "complex64" ? "float32" : "float64";
  if (!isObject(value)) return interleaved(realFromJson(value, field, part), undefined, dtype);
  const unknown = Object.keys(value).find((key) => key !== "re" && key !== "im");
  if (unknown !== undefined)
    refuse(`${field}.${unknown}`, [], "absent: a complex array has re and im", "present");
  const re = realFromJson(Reflect.get(value, "re"), `${field}.re`, part);
  const im = realFromJson(Reflect.get(value, "im"), `${field}.im`, part);
  if (re.shape.join() !== im.shape.join()) {
    refuse(
      `${field}.im`,
      [],
      `of shape (${re.shape.join(", ")}), as re`,
      `of shape (${im.shape.join(", ")})`,
    );
  }
  return interleaved(re, im, dtype);
}

/** Imaginary parts that are not given are 0. */
function interleaved(
  re: DenseArray,
  im: DenseArray | undefined,
  dtype: "complex128" | "complex64",
): FloatingArray {
  const array = zeros({ shape: re.shape, dtype });
  for (let index = 0; index < re.data.length; index += 1) {
    array.data[2 * index] = Number(re.data[index]);
    if (im) array.data[2 * index + 1] = Number(im.data[index]);
  }
  return array;
}

/**
 * Reads nested lists of elements of any depth (a bare one is 0-d), or `{re, im}` of two of the same shape. As in
 * NumPy, `[]` has shape (0,) and `[[], []]` shape (2, 0). A `DenseArray` stands for the lists it was read from.
 * @param field what the caller calls it: problems name the exact element, as in `dataMatrix[3][2]`
 * @param dtype what the elements must be of; when absent complex128 for `{re, im}`, bool where the first is true or
 *   false, else float64
 * @throws Problem invalid-array
 */
export function arrayFromJson(value: unknown, field: string, dtype?: Dtype): DenseArray {
  const wanted = dtype ?? (isObject(value) ? "complex128" : undefined);
  if (wanted === "complex128" || wanted === "complex64") return complexFromJson(value, field, wanted);
  return realFromJson(value, field, wanted);
}

/** The elements first, first + step, … nested to the shape. */
function nest(array: DenseArray, shape: readonly number[], first: number, step: number): NestedElements {
  const [extent, ...inner] = shape;
  if (extent === undefined) return jsonElement(array, first);
  const stride = elementCount(inner) * step;
  const list: NestedElements[] = new Array(extent);
  for (let index = 0; index < extent; index += 1) {
    const at = first + index * stride;
    list[index] = inner.length > 0 ? nest(array, inner, at, step) : jsonElement(array, at);
  }
  return list;
}

/** Characters that an array takes as JSON at least: its brackets, also those of lists without elements, elements and commas. */
export function leastJsonLength(spec: ArraySpec): number {
  let lists = 0;
  let inside = 1;
  for (const extent of spec.shape) {
    lists += inside;
    inside *= extent;
  }
  return (2 * lists + (1 + leastElementLength(spec.dtype)) * inside - 1) * partsOf(spec);
}

/** The inverse of `arrayFromJson`: what `JSON.stringify` then writes exactly (but for the sign of -0). */
export function arrayToJson(array: DenseArray): ArrayJson {
  if (!isComplex(array)) return nest(array, array.shape, 0, 1);
  return { re: nest(array, array.shape, 0, 2), im: nest(array, array.shape, 1, 2) };
}
