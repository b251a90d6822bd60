import fftRows from "ndarray-fft/lib/fft-matrix.js";
import { upperExponent } from "../../math/exponent.ts";
import { rootsOfUnity } from "../../math/roots-of-unity.ts";

/** In-place forward transforms of `rows` contiguous rows: re at `re`, im at `im`, free space from `scratch`. */
export interface Transform {
  readonly length: number;
  /** Doubles of free space it needs. */
  readonly scratch: number;
  run(buffer: Float64Array, rows: number, re: number, im: number, scratch: number): void;
}

/**
 * ndarray-fft makes its twiddles by a recurrence whose error grows with the length: relative to NumPy
 * 1e-15 at 64 points, 4e-13 at 1024, 2e-11 at 16384, 1e-6 at 2^20. So it never sees more than this
 * many; longer transforms are split around it with twiddles from a table.
 */
const leafPoints = 64;

/**
 * A leaf. Its kernel is called without the ndarray wrapper, which holds four more copies of the
 * input, keeps them in a pool for ever, and overflows 32-bit sizes beyond 2^26 elements.
 */
function leaf(length: number): Transform {
  return {
    length,
    scratch: 0,
    run(buffer, rows, re, im) {
      // Its forward direction is exp(+i…); with the planes exchanged that is NumPy's exp(-i…).
      fftRows(1, rows, length, buffer, im, re, 0);
    },
  };
}

function transpose(data: Float64Array, from: number, rows: number, columns: number, to: number): void {
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      data[to + column * rows + row] = data[from + row * columns + column];
    }
  }
}

/** Cooley and Tukey's n = n1·n2: transforms of n1, twiddles, transforms of n2, with transposes around them. */
function split(length: number): Transform {
  const outerLength = Math.min(leafPoints, 2 ** Math.ceil(upperExponent(length) / 2));
  const outer = powerOfTwoTransform(outerLength);
  const inner = powerOfTwoTransform(length / outerLength);
  const { cos, sin } = rootsOfUnity(length);

  /** (re, im)[j][k] times exp(-2πi·jk/n), transposed into (toRe, toIm)[k][j]. */
  function twiddle(data: Float64Array, re: number, im: number, toRe: number, toIm: number): void {
    for (let j = 0; j < inner.length; j += 1) {
      for (let k = 0; k < outer.length; k += 1) {
        const x = data[re + j * outer.length + k];
        const y = data[im + j * outer.length + k];
        const c = cos[j * k];
        const s = sin[j * k];
        data[toRe + k * inner.length + j] = x * c - y * s;
        data[toIm + k * inner.length + j] = x * s + y * c;
      }
    }
  }

  function runOne(buffer: Float64Array, re: number, im: number, scratch: number): void {
    const scratchIm = scratch + length;
    const free = scratchIm + length;
    transpose(buffer, re, outer.length, inner.length, scratch);
    transpose(buffer, im, outer.length, inner.length, scratchIm);
    outer.run(buffer, inner.length, scratch, scratchIm, free);
    twiddle(buffer, scratch, scratchIm, re, im);
    inner.run(buffer, outer.length, re, im, scratch);
    transpose(buffer, re, outer.length, inner.length, scratch);
    transpose(buffer, im, outer.length, inner.length, scratchIm);
    buffer.copyWithin(re, scratch, scratchIm);
    buffer.copyWithin(im, scratchIm, free);
  }

  return {
    length,
    scratch: 2 * length,
    run(buffer, rows, re, im, scratch) {
      for (let row = 0; row < rows; row += 1) runOne(buffer, re + row * length, im + row * length, scratch);
    },
  };
}

/** Forward transform (exp(-i…), unscaled) of a power of two. */
export function powerOfTwoTransform(length: number): Transform {
  return length <= leafPoints ? leaf(length) : split(length);
}
