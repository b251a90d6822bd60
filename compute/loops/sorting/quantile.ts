/** Quantiles of sorted numbers, by the methods of numpy.percentile that are points or lines between points. */
import type { FloatingDtype } from "@sluice/contract/array";

/** Where between 0 and n - 1 the quantile q (0 to 1) of n numbers lies. */
type RankFormula = (n: number, q: number) => number;

/** Hyndman and Fan's family: alpha and beta say how far beyond the ends the distribution reaches. */
const between =
  (alpha: number, beta: number): RankFormula =>
  (n, q) =>
    n * q + (alpha + q * (1 - alpha - beta)) - 1;

function roundHalfToEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

export const quantileRanks = {
  linear: (n, q) => (n - 1) * q,
  lower: (n, q) => Math.floor((n - 1) * q),
  higher: (n, q) => Math.ceil((n - 1) * q),
  nearest: (n, q) => roundHalfToEven((n - 1) * q),
  midpoint: (n, q) => (Math.floor((n - 1) * q) + Math.ceil((n - 1) * q)) / 2,
  hazen: between(0.5, 0.5),
  weibull: between(0, 0),
  interpolated_inverted_cdf: between(0, 1),
  median_unbiased: between(1 / 3, 1 / 3),
  normal_unbiased: between(3 / 8, 3 / 8),
} satisfies Record<string, RankFormula>;

export type QuantileMethod = keyof typeof quantileRanks;

/** These answer an element as it is, where the others calculate between two. */
const points: ReadonlySet<QuantileMethod> = new Set(["lower", "higher", "nearest"]);
export const interpolates = (method: QuantileMethod): boolean => !points.has(method);

const asIs = (value: number): number => value;

/** Sorted numbers data[from], …, data[from + count - 1]. */
interface Sorted {
  readonly data: Float64Array | Float32Array;
  readonly from: number;
  readonly count: number;
}

/**
 * The quantile q (0 to 1) of sorted numbers; NaN if one of them is. Interpolates as NumPy does, from the
 * nearer neighbour, so as to agree with it to the bit.
 * @param dtype of the result: for float32 each step is rounded to it
 */
export function quantile(
  { data, from, count }: Sorted,
  q: number,
  method: QuantileMethod,
  dtype: FloatingDtype,
): number {
  const last = from + count - 1;
  if (Number.isNaN(data[last])) return Number.NaN;
  const rank = quantileRanks[method](count, q);
  if (!interpolates(method)) return data[from + rank];
  if (rank < 0) return data[from];
  if (rank >= count - 1) return data[last];
  const round = dtype === "float32" ? Math.fround : asIs;
  const before = from + Math.floor(rank);
  const [least, most] = [data[before], data[before + 1]];
  // The difference of two float32 numbers is one whatever the result is.
  const difference = data instanceof Float32Array ? Math.fround(most - least) : most - least;
  const share = rank - Math.floor(rank);
  if (share >= 0.5) return round(most - round(difference * round(1 - share)));
  return round(least + round(difference * round(share)));
}
