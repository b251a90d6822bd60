import { recipeByte } from "../../abi.ts";
import { complexProduct, indented, range } from "./lines.ts";

/** Four lanes times table entry j, in place. */
const timesEntry: readonly string[] = [
  "const wr = v128.load64_splat(table); const wi = v128.load64_splat(table, 8);",
  ...range(2).flatMap((half) => [
    `const x${half}r = v128.load(re, ${16 * half}); const x${half}i = v128.load(im, ${16 * half});`,
    ...complexProduct(`z${half}`, `x${half}`, "w"),
    `v128.store(re, z${half}r, ${16 * half}); v128.store(im, z${half}i, ${16 * half});`,
  ]),
];

/**
 * Bluestein's method (1970): jk = (j² + k² - (k - j)²)/2 makes a transform of any length a convolution
 * with the chirp exp(iπj²/n), done at a smooth length of at least 2n - 1. With the planes exchanged
 * the forward passes are the inverse; its 1/padded is in the table.
 */
export const transform = (): string => `
function timesTable(x: usize, plane: usize, count: i32, table: usize): void {
  let re = x; let im = x + plane;
  for (let j = 0; j < count; j++) {
${indented(4, timesEntry)}
    re += 32; im += 32; table += 16;
  }
}

export function transform(x: usize, y: usize, plane: usize, recipe: usize): usize {
  const length = load<i32>(recipe, ${recipeByte("length")}); const padded = load<i32>(recipe, ${recipeByte("padded")});
  if (padded == length) return smooth(x, y, plane, length, recipe);
  const chirp = recipe + <usize>load<i32>(recipe, ${recipeByte("chirp")}); const spectrum = recipe + <usize>load<i32>(recipe, ${recipeByte("spectrum")});
  timesTable(x, plane, length, chirp);
  const tail = x + (<usize>length << 5); const tailBytes = <usize>(padded - length) << 5;
  memory.fill(tail, 0, tailBytes); memory.fill(tail + plane, 0, tailBytes);
  const there = smooth(x, y, plane, padded, recipe);
  const other = there == x ? y : x;
  timesTable(there, plane, padded, spectrum);
  const back = smooth(there + plane, other + plane, 0 - plane, padded, recipe) - plane;
  timesTable(back, plane, length, chirp);
  return back;
}`;
