/**
 * cos and -sin of 2πj/n for j = 0…n-1: the powers of exp(-2πi/n), each within one rounding. The angle is
 * folded into the first octant, where neither it nor the functions lose accuracy.
 */
export function rootsOfUnity(n: number): { cos: Float64Array; sin: Float64Array } {
  return someRootsOfUnity(n, n, 1);
}

/** The same for j = 0, stride, 2·stride, …, `count` of them, all below n. */
export function someRootsOfUnity(
  n: number,
  count: number,
  stride: number,
): { cos: Float64Array; sin: Float64Array } {
  const cos = new Float64Array(count);
  const sin = new Float64Array(count);
  for (let index = 0; index < count; index += 1) {
    const j = index * stride;
    const octant = Math.floor((8 * j) / n);
    // Distance, in units of 1/(4n) turn, to the nearest multiple of a quarter turn.
    const quarter = (octant + 1) >> 1;
    const angle = (Math.PI / 2) * ((4 * j - quarter * n) / n);
    const c = Math.cos(angle);
    const s = Math.sin(angle);
    const [x, y] = quarterTurns[quarter & 3](c, s);
    cos[index] = x;
    sin[index] = -y;
  }
  return { cos, sin };
}

const quarterTurns = [
  (c: number, s: number) => [c, s],
  (c: number, s: number) => [-s, c],
  (c: number, s: number) => [-c, -s],
  (c: number, s: number) => [s, -c],
] as const;
