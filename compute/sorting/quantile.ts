/** Quantiles of sorted numbers, by the methods of numpy.percentile that are points or lines between points. */

/** Where between 0 and n - 1 the quantile q (0 to 1) of n numbers lies. */
type Place = (n: number, q: number) => number;

/** Hyndman and Fan's family: alpha and beta say how far beyond the ends the distribution reaches. */
const between =
  (alpha: number, beta: number): Place =>
  (n, q) =>
    n * q + (alpha + q * (1 - alpha - beta)) - 1;

function roundHalfToEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

export const quantilePlaces = {
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
} satisfies Record<string, Place>;

export type QuantileMethod = keyof typeof quantilePlaces;

/** These answer an element as it is, where the others calculate between two. */
const points: ReadonlySet<QuantileMethod> = new Set(["lower", "higher", "nearest"]);
export const interpolates = (method: QuantileMethod): boolean => !points.has(method);

/**
 * The quantile q (0 to 1) of the sorted numbers data[from], …, data[from + count - 1]; NaN if one of them is.
 * Interpolates as NumPy does, from the nearer neighbour, so as to agree with it to the bit.
 */
export function quantile(
  data: Float64Array | Float32Array,
  from: number,
  count: number,
  q: number,
  method: QuantileMethod,
): number {
  const last = from + count - 1;
  if (Number.isNaN(data[last])) return Number.NaN;
  const place = quantilePlaces[method](count, q);
  if (!interpolates(method)) return data[from + place];
  const isBeyond = place < 0 || place >= count - 1;
  const before = isBeyond ? (place < 0 ? from : last) : from + Math.floor(place);
  const after = isBeyond ? before : before + 1;
  // NumPy takes it of float32 numbers in float32.
  const exact = data[after] - data[before];
  const difference = data instanceof Float32Array ? Math.fround(exact) : exact;
  const share = isBeyond ? 0 : place - Math.floor(place);
  if (share >= 0.5) return data[after] - difference * (1 - share);
  return data[before] + difference * share;
}
