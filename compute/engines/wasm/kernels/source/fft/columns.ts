import { group } from "../../abi.ts";
import { indented, range } from "./lines.ts";
import { safeBounds, square } from "./magnitude.ts";

/** Vector v holds columns 2v and 2v + 1 of the eight; the first four columns come from z0. */
const loadRow: readonly string[] = range(4).map((v) => {
  const [z, at] = [v < 2 ? "z0" : "z1", (v % 2) * 16];
  return `const re${v} = v128.load(${z}, ${at}), im${v} = v128.load(${z} + plane, ${at});`;
});

/** One column of a group that is not stored whole: its mirror image only where that is another column. */
const edge = (lane: number, direct: string, mirrored: string): string[] => [
  `if (live > ${lane}) {`,
  `  ${direct}`,
  `  if (mirror && other${lane}) ${mirrored}`,
  "}",
];

/** Goes through the rows of eight transformed columns; `whole` stores them at once, `edges` one by one. */
function tile(
  name: string,
  result: string,
  start: string[],
  compute: string[],
  whole: string[],
  edges: string[],
): string {
  return `
function ${name}(
  z0: usize, z1: usize, plane: usize, rows: i32, live: i32, self: i32,
  out: usize, mirror: usize, rowBytes: usize, factor: v128,
): i32 {
${indented(
  2,
  range(group).map((lane) => `const other${lane} = 1 - ((self >> ${lane}) & 1);`),
)}
  const isWhole = live == ${group} && self <= 1;
${indented(2, start)}
  for (let r = 0; r < rows; r++) {
${indented(4, [...loadRow, ...compute])}
    const to = out + <usize>r * rowBytes;
    const image = mirror + <usize>(r == 0 ? 0 : rows - r) * rowBytes;
    if (isWhole) {
${indented(6, whole)}
    } else {
${indented(6, edges)}
    }
    z0 += 32; z1 += 32;
  }
  return ${result};
}`;
}

const storeMagnitudes: readonly string[] = [
  ...range(4).map((v) => `v128.store(to, a${v}, ${16 * v});`),
  "if (mirror) {",
  "  const reversed = image - 56;",
  ...range(3).map((v) => `  v128.store(reversed, v128.shuffle<f64>(a${3 - v}, a${3 - v}, 1, 0), ${16 * v});`),
  "  if (self) v128.store64_lane(image - 8, a0, 1);",
  "  else v128.store(reversed, v128.shuffle<f64>(a0, a0, 1, 0), 48);",
  "}",
];
const storeMagnitudeLanes = range(group).flatMap((lane) => {
  const value = `a${lane >> 1}, ${lane & 1}`;
  return edge(
    lane,
    `v128.store64_lane(to + ${8 * lane}, ${value});`,
    `v128.store64_lane(image - ${8 * lane}, ${value});`,
  );
});

const quickMagnitudes = tile(
  "quickMagnitudes",
  `i32(total(f64x2.add(f64x2.add(sum0, sum1), f64x2.add(sum2, sum3))) < ${safeBounds.largestSum}) & i32(least(f64x2.pmin(f64x2.pmin(low0, low1), f64x2.pmin(low2, low3))) > ${safeBounds.smallest})`,
  range(4).map((v) => `let sum${v} = f64x2.splat(0), low${v} = f64x2.splat(Infinity);`),
  range(4).flatMap((v) => [
    ...square(`q${v}`, `re${v}`, `im${v}`),
    `sum${v} = f64x2.add(sum${v}, q${v}); low${v} = f64x2.pmin(low${v}, q${v});`,
    `const a${v} = f64x2.mul(f64x2.sqrt(q${v}), factor);`,
  ]),
  [...storeMagnitudes],
  storeMagnitudeLanes,
);

/** Times zero, anything finite is zero and anything else NaN. */
const finite = "i32(total(nothing) == 0)";
const noteFinite = (vector: string) => `nothing = f64x2.relaxed_madd(${vector}, zero, nothing);`;
const startFinite = ["const zero = f64x2.splat(0); let nothing = zero;"];

const safeMagnitudes = tile(
  "safeMagnitudes",
  finite,
  startFinite,
  range(4).flatMap((v) => [`const a${v} = magnitude(re${v}, im${v}, factor);`, noteFinite(`a${v}`)]),
  [...storeMagnitudes],
  storeMagnitudeLanes,
);

const conjugateTo = (lane: number): string =>
  `v128.store(image - ${16 * lane}, v128.xor(c${lane}, f64x2(0, -0.0)));`;

const complexNumbers = tile(
  "complexNumbers",
  finite,
  startFinite,
  range(4).flatMap((v) => [
    `const sr${v} = f64x2.mul(re${v}, factor), si${v} = f64x2.mul(im${v}, factor);`,
    noteFinite(`sr${v}`),
    noteFinite(`si${v}`),
    `const c${2 * v} = v128.shuffle<f64>(sr${v}, si${v}, 0, 2), c${2 * v + 1} = v128.shuffle<f64>(sr${v}, si${v}, 1, 3);`,
  ]),
  [
    ...range(group).map((lane) => `v128.store(to, c${lane}, ${16 * lane});`),
    "if (mirror) {",
    ...range(group).map((lane) => `  ${lane === 0 ? "if (!self) " : ""}${conjugateTo(lane)}`),
    "}",
  ],
  range(group).flatMap((lane) => edge(lane, `v128.store(to + ${16 * lane}, c${lane});`, conjugateTo(lane))),
);

/**
 * A self-paired column (0, and n/2 of an even n) is its own mirror image: its lower half becomes that of
 * its upper half, so that the result is symmetric to the last bit.
 */
const symmetrise = `
function symmetriseMagnitudes(column: usize, rowBytes: usize, rows: i32): void {
  for (let r = 1; 2 * r < rows; r++) {
    store<f64>(column + <usize>(rows - r) * rowBytes, load<f64>(column + <usize>r * rowBytes));
  }
}
function symmetriseNumbers(column: usize, rowBytes: usize, rows: i32): void {
  for (let r = 1; 2 * r < rows; r++) {
    const v = v128.load(column + <usize>r * rowBytes);
    v128.store(column + <usize>(rows - r) * rowBytes, v128.xor(v, f64x2(0, -0.0)));
  }
}`;

const reductions = `
function total(v: v128): f64 { return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1); }
function least(v: v128): f64 { return min(f64x2.extract_lane(v, 0), f64x2.extract_lane(v, 1)); }`;

/** Row `row` of eight, and the next, of four lines side by side. */
const twoRows = (row: number, at: number, plane: string): string[] => [
  "{",
  ...range(4).map((lane) => `const v${lane} = v128.load(p${lane}, ${at + 8 * row});`),
  `v128.store(to${plane}, v128.shuffle<f64>(v0, v1, 0, 2), ${32 * row});`,
  `v128.store(to${plane}, v128.shuffle<f64>(v2, v3, 0, 2), ${32 * row + 16});`,
  `v128.store(to${plane}, v128.shuffle<f64>(v0, v1, 1, 3), ${32 * row + 32});`,
  `v128.store(to${plane}, v128.shuffle<f64>(v2, v3, 1, 3), ${32 * row + 48});`,
  "}",
];
const eightRows = [0, 2, 4, 6].flatMap((row) => [...twoRows(row, 0, ""), ...twoRows(row, 64, " + plane")]);

/** Whole groups of eight rows: the lanes after the last row are never read; planes have space for them. */
const readLines = `
function readLines4(p0: usize, p1: usize, p2: usize, p3: usize, rows: i32, to: usize, plane: usize): void {
  for (let r = 0; r < rows; r += 8) {
${indented(4, eightRows)}
    p0 += 128; p1 += 128; p2 += 128; p3 += 128; to += 256;
  }
}`;

/** Pointers to four columns of the spectrum; after the last the last again, whose lanes are not stored. */
const fourLines = (from: number): string =>
  range(4)
    .map((lane) => `t + <usize>min(k + ${from + lane}, last) * lineBytes`)
    .join(", ");

/**
 * Columns `first` … first + count - 1 of the transposed spectrum at `t`, transformed and stored, eight at
 * a time: the first of them at `out`, and for a half spectrum the mirror images (row -r, column n - k)
 * leftwards from `mirror`, the place of column n - first; 0 where there are none. `swapped` stores
 * imaginary parts as real ones. Returns whether everything stored is finite.
 */
function columnsKernel(name: string, bytes: number, store: string, symmetrise: string): string {
  return `
export function ${name}(
  t: usize, lineBytes: usize, first: i32, count: i32, n: i32, rows: i32,
  out: usize, mirror: usize, rowBytes: usize,
  work: usize, plane: usize, recipe: usize, factor: f64, swapped: i32,
): i32 {
  const x0 = work; const y0 = work + 2 * plane; const x1 = work + 4 * plane; const y1 = work + 6 * plane;
  const scale = f64x2.splat(factor); const last = count - 1;
  let isFinite = 1;
  for (let k = 0; k < count; k += ${group}) {
    readLines4(${fourLines(0)}, rows, x0, plane);
    const z0 = transform(x0, y0, plane, recipe);
    let z1 = z0;
    const live = min(${group}, count - k);
    if (live > 4) {
      readLines4(${fourLines(4)}, rows, x1, plane);
      z1 = transform(x1, y1, plane, recipe);
    }
    const middle = n / 2 - first - k;
    const hasFirst = mirror != 0 && first + k == 0; const hasMiddle = mirror != 0 && n % 2 == 0 && middle >= 0 && middle < ${group};
    const self = i32(hasFirst) | (hasMiddle ? 1 << middle : 0);
    const z0re = swapped ? z0 + plane : z0; const z1re = swapped ? z1 + plane : z1;
    const zPlane = swapped ? <usize>0 - plane : plane;
    const to = out + <usize>k * ${bytes}; const image = mirror ? mirror - <usize>k * ${bytes} : 0;
    ${store}
    if (hasFirst) ${symmetrise}(to, rowBytes, rows);
    if (hasMiddle) ${symmetrise}(to + <usize>middle * ${bytes}, rowBytes, rows);
  }
  return isFinite;
}`;
}

const tileArguments = "(z0re, z1re, zPlane, rows, live, self, to, image, rowBytes, scale)";

export const columns = (): string =>
  [
    readLines,
    symmetrise,
    reductions,
    quickMagnitudes,
    safeMagnitudes,
    complexNumbers,
    columnsKernel(
      "columnsAbsolute",
      8,
      `if (!quickMagnitudes${tileArguments}) isFinite &= safeMagnitudes${tileArguments};`,
      "symmetriseMagnitudes",
    ),
    columnsKernel("columnsComplex", 16, `isFinite &= complexNumbers${tileArguments};`, "symmetriseNumbers"),
  ].join("\n");
