const double = new Float64Array(1);
const doubleWords = new Int32Array(double.buffer);
const single = new Float32Array(1);
const singleWord = new Int32Array(single.buffer);

/** The number's bits one up or down, which is away from zero or towards it. */
function stepped(x: number, isAway: boolean): number {
  double[0] = x;
  // All CPUs this runs on put the low word first.
  if (isAway) {
    doubleWords[0] += 1;
    if (doubleWords[0] === 0) doubleWords[1] += 1;
  } else {
    if (doubleWords[0] === 0) doubleWords[1] -= 1;
    doubleWords[0] -= 1;
  }
  return double[0];
}

function steppedSingle(x: number, isAway: boolean): number {
  single[0] = x;
  singleWord[0] += isAway ? 1 : -1;
  return single[0];
}

function neighbour(
  x: number,
  towards: number,
  least: number,
  step: (x: number, isAway: boolean) => number,
): number {
  if (Number.isNaN(x) || Number.isNaN(towards)) return Number.NaN;
  if (x === towards) return towards;
  if (x === 0) return towards > 0 ? least : -least;
  return step(x, towards > x === x > 0);
}

/** The next float64 after x in the direction of another, as C99's nextafter. */
export const nextAfter = (x: number, towards: number): number => neighbour(x, towards, 2 ** -1074, stepped);

/** The next float32. */
export const nextSingleAfter = (x: number, towards: number): number =>
  neighbour(x, towards, 2 ** -149, steppedSingle);

/** The distance from x to the next float64 away from zero, with the sign of x; NaN for an infinity. */
export const spacing = (x: number): number => distance(x, nextAfter);

/** The distance to the next float32. */
export const singleSpacing = (x: number): number => distance(x, nextSingleAfter);

function distance(x: number, next: typeof nextAfter): number {
  if (Math.abs(x) === Number.POSITIVE_INFINITY) return Number.NaN;
  return next(x, x < 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY) - x;
}
