import { indented } from "./lines.ts";
import { safeBounds, square } from "./magnitude.ts";

/** Elements looked at before their squares are judged: 8 KiB of input, still in L1 if it must be done again. */
const block = 512;

const loadTwo: readonly string[] = [
  "const v0 = v128.load(p), v1 = v128.load(p, 16);",
  "const re = v128.shuffle<f64>(v0, v1, 0, 2), im = v128.shuffle<f64>(v0, v1, 1, 3);",
];

/** Magnitudes of `count` interleaved complex numbers. */
export const absolute = (): string => `
export function absolute(a: usize, count: i32, out: usize): void {
  const one = f64x2.splat(1);
  for (let from = 0; from < count; from += ${block}) {
    const pairs = min(count - from, ${block}) / 2;
    let sum = f64x2.splat(0), low = f64x2.splat(Infinity);
    let p = a + (<usize>from << 4); let to = out + (<usize>from << 3);
    for (let i = 0; i < pairs; i++) {
${indented(6, [...loadTwo, ...square("q", "re", "im")])}
      sum = f64x2.add(sum, q); low = f64x2.pmin(low, q);
      v128.store(to, f64x2.sqrt(q));
      p += 32; to += 16;
    }
    if (!(total(sum) < ${safeBounds.largestSum} && least(low) > ${safeBounds.smallest})) {
      p = a + (<usize>from << 4); to = out + (<usize>from << 3);
      for (let i = 0; i < pairs; i++) {
${indented(8, loadTwo)}
        v128.store(to, magnitude(re, im, one));
        p += 32; to += 16;
      }
    }
  }
  if (count & 1) {
    const p = a + (<usize>(count - 1) << 4);
    const v = magnitude(v128.load64_splat(p), v128.load64_splat(p, 8), one);
    v128.store64_lane(out + (<usize>(count - 1) << 3), v, 0);
  }
}`;
