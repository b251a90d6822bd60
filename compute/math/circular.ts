import { reduceHuge } from "./huge-angle.ts";
import {
  cosines,
  inverseQuarterTurn,
  quarterTurnFineParts,
  quarterTurnParts,
  sines,
} from "./tables/circular.ts";

/**
 * sin and cos: x less the nearest whole number of quarter turns, with 120 bits of π/2 and more where more cancel (Cody
 * and Waite 1980). Of the rest, at most π/4, the nearest 64th comes from a table and what is left from Taylor's
 * series, a small correction that keeps the error near half a unit in the last place.
 */
const sineTable = new Float64Array(sines);
const cosineTable = new Float64Array(cosines);
const [part1 = 0, part2 = 0, part3 = 0] = quarterTurnParts;
const [fine1 = 0, fine2 = 0, fine3 = 0, fine4 = 0] = quarterTurnFineParts;
const rounder = 1.5 * 2 ** 52;

/** The rest of the angle that was reduced last, as a sum of two. */
const rest = new Float64Array(2);

/** Up to here the multiples of the parts of π/2 are exact. */
const mostQuarters = 2 ** 10;
const mostFineQuarters = 2 ** 20;

/** Leaves in `rest` what x has more than the nearest quarter turn, and answers which of the four that is. */
function reduce(x: number): number {
  const quarters = x * inverseQuarterTurn + rounder - rounder;
  const count = Math.abs(quarters);
  if (count < mostQuarters) {
    const a = x - quarters * part1;
    const b = quarters * part2;
    const high = a - b;
    const other = a - high;
    rest[0] = high;
    rest[1] = a - (high + other) + (other - b) - quarters * part3;
    return quarters & 3;
  }
  if (count < mostFineQuarters) {
    reduceFine(x, quarters);
    return quarters & 3;
  }
  return reduceHuge(x, rest);
}

function reduceFine(x: number, quarters: number): void {
  const a = x - quarters * fine1;
  const b = quarters * fine2;
  const high = a - b;
  const other = a - high;
  const lost = a - (high + other) + (other - b);
  const c = quarters * fine3;
  const higher = high - c;
  const another = high - higher;
  const low = high - (higher + another) + (another - c) + lost - quarters * fine4;
  rest[0] = higher + low;
  rest[1] = higher - rest[0] + low;
}

/** sin(x + low) for |x| ≤ π/4 and a bit. */
function sineNear(x: number, low: number): number {
  const size = Math.abs(x);
  if (size < 1 / 8) {
    const square = x * x;
    const series =
      -1 / 6 +
      square *
        (1 / 120 +
          square *
            (-1 / 5040 + square * (1 / 362880 + square * (-1 / 39916800 + square * (1 / 6227020800)))));
    return x + (x * square * series + low);
  }
  const entry = 2 * Math.trunc(64 * size + 0.5);
  const d = size - entry / 128;
  const rest = x < 0 ? -low : low;
  const square = d * d;
  const sine = d * square * (-1 / 6 + square * (1 / 120)) + rest;
  const less = square * (0.5 - square * (1 / 24 - square * (1 / 720)));
  const c = cosineTable[entry];
  const s = sineTable[entry];
  const value = s + (c * d + (c * sine - s * less + sineTable[entry + 1]));
  return x < 0 ? -value : value;
}

/** cos(x + low) for |x| ≤ π/4 and a bit. */
function cosineNear(x: number, low: number): number {
  const size = Math.abs(x);
  const entry = 2 * Math.trunc(64 * size + 0.5);
  const d = size - entry / 128;
  const square = d * d;
  const sine = d * square * (-1 / 6 + square * (1 / 120)) + (x < 0 ? -low : low);
  const less = square * (0.5 - square * (1 / 24 - square * (1 / 720)));
  const c = cosineTable[entry];
  const s = sineTable[entry];
  return c - (s * d + (s * sine + c * less - cosineTable[entry + 1]));
}

/** Within 0.55 units in the last place, for arguments of any size. */
export function sin(x: number): number {
  if (Math.abs(x) < 2 ** -26) return x;
  if (Math.abs(x) < 0.78) return sineNear(x, 0);
  if (!(Math.abs(x) < Number.POSITIVE_INFINITY)) return Number.NaN;
  const quarter = reduce(x);
  const value = (quarter & 1) === 0 ? sineNear(rest[0], rest[1]) : cosineNear(rest[0], rest[1]);
  return (quarter & 2) === 0 ? value : -value;
}

/** Within 0.55 units in the last place, for arguments of any size. */
export function cos(x: number): number {
  if (Math.abs(x) < 0.78) return cosineNear(x, 0);
  if (!(Math.abs(x) < Number.POSITIVE_INFINITY)) return Number.NaN;
  const quarter = reduce(x);
  const value = (quarter & 1) === 0 ? cosineNear(rest[0], rest[1]) : sineNear(rest[0], rest[1]);
  return quarter === 0 || quarter === 3 ? value : -value;
}
