import { indented, range } from "./lines.ts";

/** Four lanes as interleaved complex numbers c0 … c3, from vectors of real and imaginary parts. */
export const complexLanes = (out: string, re: string, im: string): string[] =>
  range(4).map((lane) => {
    const [half, from] = [lane >> 1, lane & 1];
    return `const ${out}${lane} = v128.shuffle<f64>(${re}${half}, ${im}${half}, ${from}, ${from + 2});`;
  });

/** Four planes' lanes back into lines: the way back of gather.ts. */
export const scatter = (): string => `
function scatter4(z: usize, plane: usize, count: i32, step: usize, p0: usize, p1: usize, p2: usize, p3: usize): void {
  for (let k = 0; k < count; k++) {
    const im = z + plane;
    const re0 = v128.load(z), re1 = v128.load(z, 16), im0 = v128.load(im), im1 = v128.load(im, 16);
${indented(4, complexLanes("c", "re", "im"))}
    v128.store(p0, c0); v128.store(p1, c1); v128.store(p2, c2); v128.store(p3, c3);
    z += 32; p0 += step; p1 += step; p2 += step; p3 += step;
  }
}

function scatterReals4(z: usize, count: i32, step: usize, p0: usize, p1: usize, p2: usize, p3: usize): void {
  const together = p1 - p0 == 8 && p2 - p1 == 8 && p3 - p2 == 8;
  for (let k = 0; k < count; k++) {
    const v0 = v128.load(z), v1 = v128.load(z, 16);
    if (together) {
      v128.store(p0, v0); v128.store(p0, v1, 16);
    } else {
      v128.store64_lane(p0, v0, 0); v128.store64_lane(p1, v0, 1);
      v128.store64_lane(p2, v1, 0); v128.store64_lane(p3, v1, 1);
    }
    z += 32; p0 += step; p1 += step; p2 += step; p3 += step;
  }
}

/** Real and imaginary parts as the even and the odd points of real lines. */
function scatterPairs4(z: usize, plane: usize, count: i32, step: usize, p0: usize, p1: usize, p2: usize, p3: usize): void {
  if (step == 8) return scatter4(z, plane, count, 16, p0, p1, p2, p3);
  scatterReals4(z, count, 2 * step, p0, p1, p2, p3);
  scatterReals4(z + plane, count, 2 * step, p0 + step, p1 + step, p2 + step, p3 + step);
}`;
