/** In place of `x ** 2` and `x ** 3`, whose last bit is the C library's. */
export const square = (x: number): number => x * x;
export const cube = (x: number): number => x * x * x;
