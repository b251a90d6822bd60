import { cosineRest, frontOf, reduceAngle, sineRest } from "./circular.ts";
import { productOf } from "./double-double.ts";

/** The angle that is left of x, in two halves. */
const rest = new Float64Array(2);

/** tan(x) = sin(x)/cos(x), both and their quotient with what rounding took from them: within 0.9 units in the last place. */
export function tan(x: number): number {
  if (!(Math.abs(x) < Number.POSITIVE_INFINITY)) return Number.NaN;
  if (Math.abs(x) < 2 ** -27) return x;
  const quarter = reduceAngle(x, rest);
  const [angle, low] = [rest[0], rest[1]];
  const tail = sineRest(angle, low);
  const sine = angle + tail;
  const sineLow = angle - sine + tail;
  const front = frontOf(angle);
  const most = 1 - 0.5 * front * front;
  const more = cosineRest(angle, front, low);
  const cosine = most + more;
  const cosineLow = most - cosine + more;
  return (quarter & 1) === 0
    ? quotient(sine, sineLow, cosine, cosineLow)
    : -quotient(cosine, cosineLow, sine, sineLow);
}

function quotient(above: number, aboveLow: number, below: number, belowLow: number): number {
  const first = above / below;
  const back = productOf(first, below);
  return first + (above - back.hi - back.lo + aboveLow - first * belowLow) / below;
}
