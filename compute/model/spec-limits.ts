import { type ArraySpec, byteLength } from "@sluice/contract/array";
import { Problem } from "@sluice/contract/problem";
import type { PlanStep } from "./steps.ts";

/** NumPy's own most. */
export const mostAxes = 64;
/** No machine has more: the largest Fargate task has 120 GiB. */
const mostBytes = 2 ** 37;
/** Lines from which an empty array costs more than the overhead of a job. */
const leastLines = 65_536;

/** An empty array has no elements, but loops still go over its other axes, and its text has their brackets. */
const isEmpty = ({ shape }: ArraySpec): boolean => shape.includes(0);

const shapeWithoutZeros = ({ shape }: ArraySpec): number[] => shape.map((extent) => Math.max(extent, 1));

/**
 * Refuses an array that no machine can go through: of more than 64 axes, or an empty one whose other extents, as in
 * NumPy, are too many bytes. An array that has elements is priced by them.
 *
 * @param field where the array stands in the request, or what makes it
 * @throws Problem invalid-shape
 */
export function checkSpec(field: string, spec: ArraySpec): void {
  const { shape, dtype } = spec;
  if (shape.length > mostAxes) {
    refuse(field, `at most ${mostAxes} axes`, `${shape.length} axes`);
  }
  if (!isEmpty(spec)) return;
  const bytes = byteLength({ dtype, shape: shapeWithoutZeros(spec) });
  if (bytes > mostBytes) {
    const expected = `an empty array of at most ${mostBytes} bytes, its zeros counted as 1`;
    refuse(field, expected, `shape (${shape.join(", ")})`);
  }
}

/** @throws Problem as `checkSpec`, for the first of the arrays */
export function checkSpecs(place: string, specs: Readonly<Record<string, ArraySpec>>): void {
  for (const [name, spec] of Object.entries(specs)) checkSpec(`${place}.${name}`, spec);
}

function refuse(field: string, expected: string, got: string): never {
  throw new Problem("invalid-shape", `${field} is beyond any machine: expected ${expected}, got ${got}.`, {
    field,
    expected,
    got,
  });
}

/** What the lines of empty arrays cost: loops go over them although there is nothing in them. */
export function emptySteps(specs: Iterable<ArraySpec>): PlanStep[] {
  const lines = [...specs]
    .filter(isEmpty)
    .map((spec) => shapeWithoutZeros(spec).reduce((product, extent) => product * extent, 1));
  return lines
    .filter((count) => count >= leastLines)
    .map((count) => ({ kernel: "rearrange", size: count, flops: 0, bytes: 16 * count, live: 0 }));
}
