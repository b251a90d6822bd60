import { lanes } from "../../abi.ts";
import { indented, range } from "./lines.ts";

/** Addresses of a group of four lines; behind the last the last again, which then is stored twice over. */
const pointers = (name: string): string[] =>
  range(lanes).map(
    (lane) =>
      `const ${name}${lane} = ${name} + <usize>outer${lane} * ${name}Outer + <usize>inner${lane} * ${name}Next;`,
  );
const numbers = range(lanes).flatMap((lane) => [
  `const line${lane} = min(line + ${lane}, last);`,
  `const outer${lane} = line${lane} / inner, inner${lane} = line${lane} - outer${lane} * inner;`,
]);

/**
 * Transforms of lines along one axis: line l of `a` begins at a + (l / inner)·aOuter + (l % inner)·aNext and has
 * `given` points `aStep` bytes apart, of which there are zeros behind up to `n`; the same of the result `o`.
 */
const kernel = (name: string, more: string, body: readonly string[]): string => `
export function ${name}(
  a: usize, aStep: usize, aNext: usize, aOuter: usize,
  o: usize, oStep: usize, oNext: usize, oOuter: usize,
  inner: i32, count: i32, given: i32, n: i32, work: usize, plane: usize, recipe: usize, table: usize, ${more}
): void {
  const x = work; const y = work + 2 * plane; const last = count - 1; const half = n / 2;
  for (let line = 0; line < count; line += ${lanes}) {
${indented(4, [...numbers, ...pointers("a"), ...pointers("o"), ...body])}
  }
}`;

const input = "a0, a1, a2, a3";
const output = "o0, o1, o2, o3";

/** Complex to complex; `swapped` takes imaginary parts for real ones, in and out: the inverse. */
const complexLines = kernel("complexLines", "swapped: i32,", [
  "const re = swapped ? x + plane : x; const toIm = swapped ? <usize>0 - plane : plane;",
  `separate4(${input}, aStep, given, re, toIm);`,
  "padding(x, plane, given, n);",
  "const z = transform(x, y, plane, recipe);",
  `scatter4(swapped ? z + plane : z, toIm, n, oStep, ${output});`,
]);

/** Real to complex: points 0 … n/2, or all with `full`; `conjugate`: of the inverse. An odd n as complex numbers. */
const realLines = kernel("realLines", "single: i32, full: i32, conjugate: i32,", [
  "if (n & 1) {",
  `  reals4(${input}, aStep, single, given, x);`,
  "  padding(x, plane, given, n); memory.fill(x + plane, 0, <usize>n << 5);",
  "  const z = transform(x, y, plane, recipe);",
  "  mirror4(z, plane, n);",
  "  if (conjugate) negate(z + plane, n);",
  `  scatter4(z, plane, full ? n : half + 1, oStep, ${output});`,
  "} else {",
  `  pairs4(${input}, aStep, single, given, x, plane);`,
  "  padding(x, plane, (given + 1) / 2, half);",
  "  const z = transform(x, y, plane, recipe);",
  `  scatterHalf4(z, plane, half, table, oStep, full, conjugate, ${output});`,
  "}",
]);

/** Points 0 … n/2 to the real numbers they are the transform of, unscaled; imaginary parts that cannot be are not looked at. */
const hermitianLines = kernel("hermitianLines", "", [
  `separate4(${input}, aStep, given, x, plane);`,
  "padding(x, plane, given, half + 1);",
  "if (n & 1) {",
  "  memory.fill(x + plane, 0, 32);",
  "  mirror4(x, plane, n);",
  "} else {",
  "  tangle4(x, plane, half, table);",
  "}",
  // With the planes exchanged it is the inverse.
  "const z = transform(x + plane, y + plane, <usize>0 - plane, recipe) - plane;",
  `if (n & 1) scatterReals4(z, n, oStep, ${output});`,
  `else scatterPairs4(z, plane, half, oStep, ${output});`,
]);

const negate = `
function negate(z: usize, count: i32): void {
  const end = z + (<usize>count << 5);
  for (; z < end; z += 16) v128.store(z, f64x2.neg(v128.load(z)));
}`;

export const alongAxis = (): string => [negate, complexLines, realLines, hermitianLines].join("\n");
