import { group } from "../../abi.ts";
import { indented, range } from "./lines.ts";

/** Pointers row0 … row7 of a group; after the last row the last again, whose lanes are not read. */
const rowPointers = range(group).map(
  (lane) => `const row${lane} = a + <usize>min(r + ${lane}, last) * rowBytes;`,
);
const [firstFour, lastFour] = ["row0, row1, row2, row3", "row4, row5, row6, row7"];

const store8 = (at: number, vectors: readonly string[]): string =>
  vectors.map((vector, index) => `v128.store(to, ${vector}, ${at + 16 * index});`).join(" ");

/**
 * Rows of real numbers into the transposed half spectrum: of each column 0 … n/2 a line of `lineBytes`, eight
 * real parts and eight imaginary ones in turn. Eight rows at a time, four as real and four as imaginary
 * parts of one transform. What is stored is twice the spectrum.
 */
const real = `
export function rowsReal(
  a: usize, rowBytes: usize, single: i32, rows: i32, n: i32,
  t: usize, lineBytes: usize, work: usize, plane: usize, recipe: usize,
): void {
  const x = work; const y = work + 2 * plane; const last = rows - 1; const half = n / 2;
  for (let r = 0; r < rows; r += ${group}) {
${indented(4, rowPointers)}
    if (single) {
      widen4(${firstFour}, 4, n, x); widen4(${lastFour}, 4, n, x + plane);
    } else {
      interleave4(${firstFour}, n, x); interleave4(${lastFour}, n, x + plane);
    }
    const z = transform(x, y, plane, recipe);
    let to = t + (<usize>r << 4);
    let p = z; let m = z;
    for (let k = 0; k <= half; k++) {
      const q = p + plane; const o = m + plane;
      const pr0 = v128.load(p), pr1 = v128.load(p, 16), pi0 = v128.load(q), pi1 = v128.load(q, 16);
      const mr0 = v128.load(m), mr1 = v128.load(m, 16), mi0 = v128.load(o), mi1 = v128.load(o, 16);
      ${store8(0, ["f64x2.add(pr0, mr0)", "f64x2.add(pr1, mr1)", "f64x2.add(pi0, mi0)", "f64x2.add(pi1, mi1)"])}
      ${store8(64, ["f64x2.sub(pi0, mi0)", "f64x2.sub(pi1, mi1)", "f64x2.sub(mr0, pr0)", "f64x2.sub(mr1, pr1)"])}
      m = z + (<usize>(n - 1 - k) << 5); p += 32; to += lineBytes;
    }
  }
}`;

/**
 * The same of complex rows and all columns, eight rows in two transforms; stored as it is. With real and
 * imaginary parts `swapped` on the way in, and out of the columns, it is the inverse transform.
 */
const complex = `
export function rowsComplex(
  a: usize, rowBytes: usize, rows: i32, n: i32,
  t: usize, lineBytes: usize, work: usize, plane: usize, recipe: usize, swapped: i32,
): void {
  const x0 = work; const y0 = work + 2 * plane; const x1 = work + 4 * plane; const y1 = work + 6 * plane;
  const last = rows - 1;
  const shift = swapped ? plane : <usize>0; const inPlane = swapped ? <usize>0 - plane : plane;
  for (let r = 0; r < rows; r += ${group}) {
${indented(4, rowPointers)}
    separate4(${firstFour}, 16, n, x0 + shift, inPlane);
    let p = transform(x0, y0, plane, recipe);
    let q = p;
    if (r + 4 < rows) {
      separate4(${lastFour}, 16, n, x1 + shift, inPlane);
      q = transform(x1, y1, plane, recipe);
    }
    let to = t + (<usize>r << 4);
    for (let k = 0; k < n; k++) {
      const pi = p + plane; const qi = q + plane;
      ${store8(0, ["v128.load(p)", "v128.load(p, 16)", "v128.load(q)", "v128.load(q, 16)"])}
      ${store8(64, ["v128.load(pi)", "v128.load(pi, 16)", "v128.load(qi)", "v128.load(qi, 16)"])}
      p += 32; q += 32; to += lineBytes;
    }
  }
}`;

export const rows = (): string => [real, complex].join("\n");
