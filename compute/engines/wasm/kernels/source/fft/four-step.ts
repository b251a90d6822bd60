import { complexBytes, group } from "../../abi.ts";
import { complexProduct, indented, range } from "./lines.ts";

/** Vector v of eight lanes: lanes 2v and 2v + 1. Table entries are eight real parts, then eight imaginary ones. */
const twiddled: readonly string[] = range(4).flatMap((v) => {
  const [from, at] = [v < 2 ? "p" : "q", (v % 2) * 16];
  return [
    `const f${v}r = v128.load(fine, ${16 * v}), f${v}i = v128.load(fine, ${64 + 16 * v});`,
    `const c${v}r = v128.load(coarse, ${16 * v}), c${v}i = v128.load(coarse, ${64 + 16 * v});`,
    ...complexProduct(`w${v}`, `f${v}`, `c${v}`),
    `const d${v}r = v128.load(${from}, ${at}), d${v}i = v128.load(${from} + plane, ${at});`,
    ...complexProduct(`z${v}`, `d${v}`, `w${v}`),
    `v128.store(to, z${v}r, ${16 * v}); v128.store(to, z${v}i, ${64 + 16 * v});`,
  ];
});

/**
 * A long line of n = rows × columns points as a matrix (Bailey 1990): transforms of its columns, a root of unity for each
 * element, transforms of its rows, whose points in turn are the result. Here the first half of it: columns
 * \`first\` … of the matrix, \`step\` bytes from point to point, times exp(-2πi·jk/n), into the transposed spectrum that
 * columnsComplex finishes. Roots come as two tables, powers below 2^shift and multiples of it; of them and the
 * lanes at hand two more are made that stay in a cache.
 */
export const fourStep = (): string => `
function rootsOfLanes(to: usize, count: i32, times: i32, first: i32, last: i32, roots: usize, shift: i32): void {
  const mask = (1 << shift) - 1; const high = roots + (<usize>1 << (shift + 4));
  for (let i = 0; i < count; i++) {
    for (let lane = 0; lane < ${group}; lane++) {
      const power = i * times * min(first + lane, last);
      const a = roots + (<usize>(power & mask) << 4); const b = high + (<usize>(power >> shift) << 4);
      const ar = load<f64>(a), ai = load<f64>(a, 8), br = load<f64>(b), bi = load<f64>(b, 8);
      store<f64>(to + (<usize>lane << 3), ar * br - ai * bi); store<f64>(to + (<usize>lane << 3), ar * bi + ai * br, 64);
    }
    to += ${complexBytes * group};
  }
}

/** Eight columns next to each other: two cache lines of every row while they are there. */
function separateEight(p: usize, step: usize, count: i32, to0: usize, to1: usize, plane: usize): void {
  for (let j = 0; j < count; j++) {
${indented(
  4,
  range(4).flatMap((pair) => {
    const to = `to${pair >> 1}`;
    const at = 16 * (pair & 1);
    return [
      `const v${2 * pair} = v128.load(p, ${32 * pair}), v${2 * pair + 1} = v128.load(p, ${32 * pair + 16});`,
      `v128.store(${to}, v128.shuffle<f64>(v${2 * pair}, v${2 * pair + 1}, 0, 2), ${at});`,
      `v128.store(${to} + plane, v128.shuffle<f64>(v${2 * pair}, v${2 * pair + 1}, 1, 3), ${at});`,
    ];
  }),
)}
    p += step; to0 += 32; to1 += 32;
  }
}

export function rowsFourStep(
  a: usize, step: usize, first: i32, count: i32, n: i32, t: usize, lineBytes: usize,
  work: usize, plane: usize, recipe: usize, roots: usize, shift: i32, lanes: usize, swapped: i32,
): void {
  const x0 = work; const y0 = work + 2 * plane; const x1 = work + 4 * plane; const y1 = work + 6 * plane;
  const final = count - 1;
  const by = swapped ? plane : <usize>0; const inPlane = swapped ? <usize>0 - plane : plane;
  let fineCount = 1;
  while (fineCount * fineCount < n) fineCount *= 2;
  const coarseLanes = lanes + (<usize>fineCount << 7);
  for (let r = 0; r < count; r += ${group}) {
${indented(
  4,
  range(group).map((lane) => `const row${lane} = a + (<usize>min(r + ${lane}, final) << 4);`),
)}
    const isWhole = r + ${group} <= count; const hasMore = r + 4 < count;
    if (isWhole) {
      separateEight(row0, step, n, x0 + by, x1 + by, inPlane);
    } else {
      separate4(row0, row1, row2, row3, step, n, x0 + by, inPlane);
      if (hasMore) separate4(row4, row5, row6, row7, step, n, x1 + by, inPlane);
    }
    const z0 = transform(x0, y0, plane, recipe);
    const z1 = hasMore ? transform(x1, y1, plane, recipe) : z0;
    rootsOfLanes(lanes, min(fineCount, n), 1, first + r, first + final, roots, shift);
    rootsOfLanes(coarseLanes, (n + fineCount - 1) / fineCount, fineCount, first + r, first + final, roots, shift);
    let to = t + (<usize>r << 4);
    let p = z0; let q = z1; let coarse = coarseLanes;
    for (let k = 0; k < n; k += fineCount, coarse += ${complexBytes * group}) {
      const ends = min(n, k + fineCount);
      let fine = lanes;
      for (let i = k; i < ends; i++) {
${indented(8, twiddled)}
        p += 32; q += 32; to += lineBytes; fine += ${complexBytes * group};
      }
    }
  }
}`;
