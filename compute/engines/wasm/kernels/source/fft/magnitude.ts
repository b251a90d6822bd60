import { madd, mul } from "./lines.ts";

/**
 * Squares of magnitudes are exact enough between these bounds: nothing overflowed, nothing was lost to
 * underflow. A sum of squares stands for the largest of them, as it also keeps a NaN.
 */
export const safeBounds = { largestSum: "1.0715086071862673e+301", smallest: "1.1830521861667747e-271" };

/** out = re² + im². */
export const square = (out: string, re: string, im: string): string[] => [
  mul(`${out}im`, im, im),
  madd(out, re, re, `${out}im`),
];

/**
 * |re + i·im|·factor as numpy.abs has it over the whole range: rescaled by a power of two, so that
 * nothing rounds on the way, and an infinite part wins over a NaN. In the middle of the range it
 * gives the bits of sqrt(re² + im²)·factor.
 */
export const magnitude = (): string => `
// @ts-ignore: decorator
@inline
function magnitude(re: v128, im: v128, factor: v128): v128 {
  const x = f64x2.abs(re); const y = f64x2.abs(im);
  const largest = f64x2.max(x, y);
  const isHuge = f64x2.gt(largest, f64x2.splat(${2 ** 500})); const isTiny = f64x2.lt(largest, f64x2.splat(${2 ** -400}));
  const one = f64x2.splat(1); const shrink = f64x2.splat(${2 ** -600}); const grow = f64x2.splat(${2 ** 600});
  const scale = v128.bitselect(shrink, v128.bitselect(grow, one, isTiny), isHuge);
  const back = v128.bitselect(grow, v128.bitselect(shrink, one, isTiny), isHuge);
  const u = f64x2.mul(x, scale); const v = f64x2.mul(y, scale);
  const root = f64x2.sqrt(f64x2.relaxed_madd(u, u, f64x2.mul(v, v)));
  const infinity = f64x2.splat(Infinity);
  const isInfinite = v128.or(f64x2.eq(x, infinity), f64x2.eq(y, infinity));
  return v128.bitselect(infinity, f64x2.mul(root, f64x2.mul(back, factor)), isInfinite);
}`;
