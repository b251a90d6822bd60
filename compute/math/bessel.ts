import { exp } from "./exponential.ts";

/** From here on the asymptotic series falls below a unit in the last place before it grows again. */
const far = 20;

/** Σ (x²/4)^k/(k!)², whose terms all have one sign. */
function powerSeries(x: number): number {
  const quarter = (x / 2) * (x / 2);
  let sum = 1;
  for (let [term, k] = [quarter, 1]; term > sum * 2 ** -54; ) {
    sum += term;
    k += 1;
    term *= quarter / (k * k);
  }
  return sum;
}

/** e^x/√(2πx) · Σ (1·3·…·(2k - 1))²/(k!·(8x)^k). */
function asymptote(x: number): number {
  let sum = 1;
  for (let [term, k] = [1 / (8 * x), 1]; term > 2 ** -54; ) {
    sum += term;
    k += 1;
    const odd = 2 * k - 1;
    term *= (odd * odd) / (8 * k * x);
  }
  return (exp(x) * sum) / Math.sqrt(2 * Math.PI * x);
}

/** The modified Bessel function of the first kind and order 0, within 8 units in the last place. */
export function i0(x: number): number {
  const size = Math.abs(x);
  if (!(size < Number.POSITIVE_INFINITY)) return size;
  return size < far ? powerSeries(size) : asymptote(size);
}
