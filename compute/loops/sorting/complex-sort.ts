export type Numbers = Float64Array | Float32Array;

/** NumPy's order of complex numbers: by real, then by imaginary part; NaN parts last, fewest of them first. */
function comesBefore(re: number, im: number, otherRe: number, otherIm: number): boolean {
  if (re < otherRe) return !Number.isNaN(im) || Number.isNaN(otherIm);
  if (re > otherRe) return Number.isNaN(otherIm) && !Number.isNaN(im);
  if (re === otherRe || (Number.isNaN(re) && Number.isNaN(otherRe))) {
    return im < otherIm || (Number.isNaN(otherIm) && !Number.isNaN(im));
  }
  return Number.isNaN(otherRe);
}

/** Merges the sorted elements from[start…middle[ and from[middle…end[ into `to`; places count elements. */
function merge(from: Numbers, to: Numbers, start: number, middle: number, end: number): void {
  let [left, right] = [2 * start, 2 * middle];
  for (let at = 2 * start; at < 2 * end; at += 2) {
    const takesRight =
      left >= 2 * middle ||
      (right < 2 * end && comesBefore(from[right], from[right + 1], from[left], from[left + 1]));
    const source = takesRight ? right : left;
    to[at] = from[source];
    to[at + 1] = from[source + 1];
    if (takesRight) right += 2;
    else left += 2;
  }
}

/** Sorts interleaved complex numbers in place, by merging runs of 1, 2, 4, …; equal ones keep their order. */
export function sortComplex(line: Numbers, spare: Numbers): void {
  const count = line.length / 2;
  let [from, to] = [line, spare];
  for (let width = 1; width < count; width *= 2) {
    for (let start = 0; start < count; start += 2 * width) {
      merge(from, to, start, Math.min(count, start + width), Math.min(count, start + 2 * width));
    }
    [from, to] = [to, from];
  }
  if (from !== line) line.set(from);
}
