/** Counting numbers into bins, in the steps of numpy.histogram: the last bin has both its edges. */
import type { FloatingArray } from "@sluice/contract/array";

type Numbers = FloatingArray["data"];

/** numpy.linspace(first, last, bins + 1) */
export function evenEdges(first: number, last: number, edges: Numbers): void {
  const bins = edges.length - 1;
  const width = (last - first) / bins;
  for (let index = 0; index < bins; index += 1) edges[index] = index * width + first;
  edges[bins] = last;
}

/** Adds to `counts` how many numbers lie in each of the even bins; those outside, and NaN, are left out. */
export function countEven(data: Numbers, edges: Numbers, counts: Numbers): void {
  const bins = counts.length;
  const [first, last] = [edges[0], edges[bins]];
  const range = last - first;
  for (let index = 0; index < data.length; index += 1) {
    const value = data[index];
    if (!(value >= first && value <= last)) continue;
    let bin = Math.min(Math.floor(((value - first) / range) * bins), bins - 1);
    // The division may be a unit off beside an edge: the edge decides.
    if (value < edges[bin]) bin -= 1;
    else if (bin < bins - 1 && value >= edges[bin + 1]) bin += 1;
    counts[bin] += 1;
  }
}

/** The same for edges that only rise. */
export function countBetween(data: Numbers, edges: Numbers, counts: Numbers): void {
  const bins = counts.length;
  for (let index = 0; index < data.length && bins > 0; index += 1) {
    const value = data[index];
    if (!(value >= edges[0] && value <= edges[bins])) continue;
    let [low, high] = [0, bins];
    // The last edge that is not above the value, by halves.
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (edges[middle] <= value) low = middle;
      else high = middle;
    }
    counts[low] += 1;
  }
}

/** Counts as a density: the integral over all bins is 1. */
export function toDensity(counts: Numbers, edges: Numbers): void {
  let total = 0;
  for (const count of counts) total += count;
  for (let bin = 0; bin < counts.length; bin += 1) {
    counts[bin] = counts[bin] / (edges[bin + 1] - edges[bin]) / total;
  }
}
