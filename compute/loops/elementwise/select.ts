import type { AnyLoop, Loop } from "./apply.ts";
import type { Working } from "./operand-blocks.ts";

/** min(max(a, b), c): NaN in a stays, and a lower bound above the upper one gives the upper. */
export const clipReal: Loop = (out, o, count, a, i, b, j, c, k) => {
  // Not by comparisons: on random data mispredicted branches took four times as long.
  for (let n = 0; n < count; n += 1) out[o + n] = Math.min(Math.max(a[i + n], b[j + n]), c[k + n]);
};

/** b where a is not zero, else c. NaN is not zero. */
const whereReal: Loop = (out, o, count, a, i, b, j, c, k) => {
  for (let n = 0; n < count; n += 1) out[o + n] = a[i + n] === 0 ? c[k + n] : b[j + n];
};

const whereComplex: Loop = (out, o, count, a, i, b, j, c, k) => {
  for (let n = 0; n < count; n += 1) {
    const isZero = a[i + n] === 0;
    out[o + 2 * n] = isZero ? c[k + 2 * n] : b[j + 2 * n];
    out[o + 2 * n + 1] = isZero ? c[k + 2 * n + 1] : b[j + 2 * n + 1];
  }
};

/** The same by what the loop selects among. */
export const whereNotZero: { readonly [Kind in Working]?: AnyLoop } = {
  float64: whereReal,
  complex128: whereComplex,
};

/** b where a is true, else c: of any kind, each a loop of its own, as one over several kinds of arrays is slower. */
export const whereTrue = {
  float64(out, o, count, a, i, b, j, c, k) {
    for (let n = 0; n < count; n += 1) out[o + n] = a[i + n] === 0 ? c[k + n] : b[j + n];
  },
  complex128(out, o, count, a, i, b, j, c, k) {
    for (let n = 0; n < count; n += 1) {
      const isZero = a[i + n] === 0;
      out[o + 2 * n] = isZero ? c[k + 2 * n] : b[j + 2 * n];
      out[o + 2 * n + 1] = isZero ? c[k + 2 * n + 1] : b[j + 2 * n + 1];
    }
  },
  int64(out, o, count, a, i, b, j, c, k) {
    for (let n = 0; n < count; n += 1) out[o + n] = a[i + n] === 0 ? c[k + n] : b[j + n];
  },
  bool(out, o, count, a, i, b, j, c, k) {
    for (let n = 0; n < count; n += 1) out[o + n] = a[i + n] === 0 ? c[k + n] : b[j + n];
  },
} satisfies { readonly [Kind in Working]: Loop<Kind, "bool", Kind> };
