/** Between them the square root of a sum of squares has neither overflow nor lost digits. */
const largestSafeSquare = 2 ** 1000;
const smallestSafeSquare = 2 ** -900;

/** √(x² + y²) within one unit in the last place, without overflow or underflow on the way, as C99 has it. */
export function hypot(x: number, y: number): number {
  const square = x * x + y * y;
  return square > smallestSafeSquare && square < largestSafeSquare
    ? Math.sqrt(square)
    : scaledHypot(Math.abs(x), Math.abs(y));
}

function scaledHypot(x: number, y: number): number {
  // An infinite part is an infinite size, whatever the other is.
  if (x === Number.POSITIVE_INFINITY || y === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
  const largest = Math.max(x, y);
  if (largest === 0 || Number.isNaN(largest)) return largest;
  // Powers of two, so that the scaling itself rounds nothing.
  const scale = largest > 1 ? 2 ** -600 : 2 ** 600;
  const [a, b] = [x * scale, y * scale];
  return Math.sqrt(a * a + b * b) / scale;
}
