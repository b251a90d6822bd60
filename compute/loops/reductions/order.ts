/** Which of two numbers comes first, as NumPy orders complex ones: by real part, then by imaginary part. */

/** Whether x + xi·i is at most y + yi·i; false where a NaN decides. */
export function isAtMost(x: number, xi: number, y: number, yi: number): boolean {
  return (x < y && !Number.isNaN(xi) && !Number.isNaN(yi)) || (x === y && xi <= yi);
}

export const isComplexNaN = (re: number, im: number): boolean => Number.isNaN(re) || Number.isNaN(im);
