import { type Butterfly, butterflies } from "./butterflies.ts";
import { complexProduct, indented, range } from "./lines.ts";

function loads(radix: number): string[] {
  return range(radix).flatMap((k) => [
    `const a${k}r = v128.load(xr); const a${k}i = v128.load(xi);`,
    ...(k < radix - 1 ? ["xr += part; xi += part;"] : []),
  ]);
}

function plainStores(radix: number): string[] {
  return range(radix).flatMap((k) => [
    `v128.store(yr, o${k}r); v128.store(yi, o${k}i);`,
    ...(k < radix - 1 ? ["yr += run; yi += run;"] : []),
  ]);
}

function twiddledStores(radix: number): string[] {
  return range(radix).flatMap((k) => {
    if (k === 0) return ["v128.store(yr, o0r); v128.store(yi, o0i);"];
    const at = (k - 1) * 16;
    return [
      `const w${k}r = v128.load64_splat(twiddles, ${at}); const w${k}i = v128.load64_splat(twiddles, ${at + 8});`,
      ...complexProduct(`z${k}`, `o${k}`, `w${k}`),
      `yr += run; yi += run; v128.store(yr, z${k}r); v128.store(yi, z${k}i);`,
    ];
  });
}

/**
 * One pass of Stockham's method (decimation in frequency) over lanes side by side: `length` points
 * in runs of `run` bytes, from x to y, imaginary parts `plane` bytes behind the real ones. The twiddles
 * of the first butterfly of a pass are 1; it does without them, lest infinity · 0 make NaNs. (A loop of
 * its own for it was 3 % faster, and twice the code.)
 */
function pass({ radix, constants, body }: Butterfly): string {
  return `
function pass${radix}(x: usize, y: usize, plane: usize, length: i32, run: usize, twiddles: usize): void {
  const parts = length / ${radix}; const part: usize = <usize>parts * run;
${indented(2, constants)}
  for (let p = 0; p < parts; p++) {
    const from = x + <usize>p * run; const to = y + <usize>p * run * ${radix};
    for (let q: usize = 0; q < run; q += 16) {
      let xr = from + q; let xi = xr + plane;
${indented(6, [...loads(radix), ...body])}
      let yr = to + q; let yi = yr + plane;
      if (p == 0) {
${indented(8, plainStores(radix))}
      } else {
${indented(8, twiddledStores(radix))}
      }
    }
    twiddles += ${(radix - 1) * 16};
  }
}`;
}

const call = ({ radix }: Butterfly): string =>
  `    if (radix == ${radix}) pass${radix}(x, y, plane, length, run, twiddles);`;

/**
 * All passes of a transform of four lanes. The recipe is laid out as `recipeWords` says; twiddles lie
 * pass after pass. Returns that of x and y which holds the result.
 */
const smooth = `
function smooth(x: usize, y: usize, plane: usize, length: i32, recipe: usize): usize {
  const passes = load<i32>(recipe, 8);
  let twiddles = recipe + <usize>load<i32>(recipe, 12);
  let run: usize = 32;
  for (let i = 0; i < passes; i++) {
    const radix = load<i32>(recipe + (<usize>i << 2), 32);
${butterflies.map(call).join("\n")}
    length /= radix; run *= <usize>radix;
    twiddles += <usize>(length * (radix - 1)) << 4;
    const t = x; x = y; y = t;
  }
  return x;
}`;

export const passes = (): string => [...butterflies.map(pass), smooth].join("\n");
