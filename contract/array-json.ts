/** Arrays as JSON: nested lists, `{re, im}` for complex, strings for what JSON has no number for. */
import { type ArraySpec, type DenseArray, elementCount, zeros } from "./array.ts";
import { Problem } from "./problem.ts";

const nonFinite = new Map([
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
]);

const mostAxes = 64;
const longestQuote = 40;

type Path = readonly number[];
/** Numbers, the three strings, or lists of them as deep as the array has axes. */
export type NestedNumbers = number | string | NestedNumbers[];
export type ArrayJson = NestedNumbers | { readonly re: NestedNumbers; readonly im: NestedNumbers };

/** What came instead, briefly; containers by kind alone, as their text may be megabytes or endless nesting. */
function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
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

function toNumber(value: unknown, field: string, path: Path): number {
  if (typeof value === "number") return value;
  const special = typeof value === "string" ? nonFinite.get(value) : undefined;
  return special ?? refuse(field, path, 'a number, "NaN", "Infinity" or "-Infinity"', describe(value));
}

/** Writes the innermost lists one after the other; answers where it stopped. */
function fill(
  data: DenseArray["data"],
  from: number,
  value: unknown[],
  rank: number,
  field: string,
  path: Path,
) {
  let at = from;
  if (path.length + 1 === rank) {
    for (let index = 0; index < value.length; index += 1) {
      const element = value[index];
      data[at] = typeof element === "number" ? element : toNumber(element, field, [...path, index]);
      at += 1;
    }
    return at;
  }
  for (let index = 0; index < value.length; index += 1) {
    at = fill(data, at, value[index] as unknown[], rank, field, [...path, index]);
  }
  return at;
}

/** What a parser that reads arrays straight from the text puts in their place: never a value of JSON itself. */
function isRead(value: unknown): value is DenseArray {
  return typeof value === "object" && value !== null && "data" in value && value.data instanceof Float64Array;
}

function realFromJson(value: unknown, field: string): DenseArray {
  if (isRead(value)) return value;
  const shape = shapeOf(value, field);
  checkLengths(value, shape, field, []);
  const array = zeros({ shape, dtype: "float64" });
  if (Array.isArray(value)) fill(array.data, 0, value, shape.length, field, []);
  else array.data[0] = toNumber(value, field, []);
  return array;
}

function complexFromJson(value: object, field: string): DenseArray {
  const unknown = Object.keys(value).find((key) => key !== "re" && key !== "im");
  if (unknown !== undefined)
    refuse(`${field}.${unknown}`, [], "absent: a complex array has re and im", "present");
  const re = realFromJson(Reflect.get(value, "re"), `${field}.re`);
  const im = realFromJson(Reflect.get(value, "im"), `${field}.im`);
  if (re.shape.join() !== im.shape.join()) {
    refuse(
      `${field}.im`,
      [],
      `of shape (${re.shape.join(", ")}), as re`,
      `of shape (${im.shape.join(", ")})`,
    );
  }
  const array = zeros({ shape: re.shape, dtype: "complex128" });
  for (let index = 0; index < re.data.length; index += 1) {
    array.data[2 * index] = re.data[index] ?? 0;
    array.data[2 * index + 1] = im.data[index] ?? 0;
  }
  return array;
}

/**
 * Reads nested lists of numbers of any depth (a bare number is 0-d), or `{re, im}` of two of the same
 * shape, into float64 or complex128. As in NumPy, `[]` has shape (0,) and `[[], []]` shape (2, 0).
 * A float64 `DenseArray` stands for the lists it was read from.
 * @param field what the caller calls it: problems name the exact element, as in `dataMatrix[3][2]`
 * @throws Problem invalid-array
 */
export function arrayFromJson(value: unknown, field: string): DenseArray {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value) && !isRead(value);
  return isObject ? complexFromJson(value, field) : realFromJson(value, field);
}

/** The numbers first, first + step, … nested to the shape. */
function nest(
  data: DenseArray["data"],
  shape: readonly number[],
  first: number,
  step: number,
): NestedNumbers {
  const [extent, ...inner] = shape;
  if (extent === undefined) {
    const number = data[first] ?? Number.NaN;
    return Number.isFinite(number) ? number : String(number);
  }
  const stride = elementCount(inner) * step;
  const list: NestedNumbers[] = new Array(extent);
  if (inner.length > 0) {
    for (let index = 0; index < extent; index += 1)
      list[index] = nest(data, inner, first + index * stride, step);
    return list;
  }
  for (let index = 0; index < extent; index += 1) {
    const number = data[first + index * step] ?? Number.NaN;
    list[index] = Number.isFinite(number) ? number : String(number);
  }
  return list;
}

/** Characters that an array takes as JSON at least: its brackets, also those of lists without numbers, digits and commas. */
export function leastJsonLength({ shape, dtype }: ArraySpec): number {
  let lists = 0;
  let inside = 1;
  for (const extent of shape) {
    lists += inside;
    inside *= extent;
  }
  return (2 * lists + 2 * inside - 1) * (dtype === "complex128" ? 2 : 1);
}

/** The inverse of `arrayFromJson`: what `JSON.stringify` then writes exactly (but for the sign of -0). */
export function arrayToJson({ shape, dtype, data }: DenseArray): ArrayJson {
  if (dtype !== "complex128") return nest(data, shape, 0, 1);
  return { re: nest(data, shape, 0, 2), im: nest(data, shape, 1, 2) };
}
