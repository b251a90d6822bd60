import { upperExponent } from "../../math/exponent.ts";
import { rootsOfUnity } from "../../math/roots-of-unity.ts";
import { isPowerOfTwo } from "../../model/steps.ts";
import { powerOfTwoTransform, type Transform } from "./fft-power-of-two.ts";

/** The power of two at which Bluestein's method transforms a length. */
export function paddedLength(length: number): number {
  return isPowerOfTwo(length) ? length : 2 ** upperExponent(2 * length - 1);
}

/**
 * Bluestein's method (1970): with jk = (j² + k² - (k - j)²)/2 any transform is a convolution with
 * the chirp exp(iπj²/n), done by transforms of a power of two at least 2n - 1.
 */
function bluestein(length: number): Transform {
  const padded = paddedLength(length);
  const inner = powerOfTwoTransform(padded);
  const { cos, sin } = chirp(length);
  const kernel = chirpSpectrum(cos, sin, inner);

  function runOne(buffer: Float64Array, re: number, im: number, scratch: number): void {
    const workIm = scratch + padded;
    const free = workIm + padded;
    buffer.fill(0, scratch, free);
    for (let j = 0; j < length; j += 1) {
      const x = buffer[re + j];
      const y = buffer[im + j];
      buffer[scratch + j] = x * cos[j] - y * sin[j];
      buffer[workIm + j] = x * sin[j] + y * cos[j];
    }
    inner.run(buffer, 1, scratch, workIm, free);
    for (let j = 0; j < padded; j += 1) {
      const x = buffer[scratch + j];
      const y = buffer[workIm + j];
      buffer[scratch + j] = x * kernel[j] - y * kernel[padded + j];
      buffer[workIm + j] = x * kernel[padded + j] + y * kernel[j];
    }
    // With the planes exchanged the forward transform is the inverse.
    inner.run(buffer, 1, workIm, scratch, free);
    for (let j = 0; j < length; j += 1) {
      const x = buffer[scratch + j];
      const y = buffer[workIm + j];
      buffer[re + j] = x * cos[j] - y * sin[j];
      buffer[im + j] = x * sin[j] + y * cos[j];
    }
  }

  return {
    length,
    scratch: 2 * padded + inner.scratch,
    run(buffer, rows, re, im, scratch) {
      for (let row = 0; row < rows; row += 1) runOne(buffer, re + row * length, im + row * length, scratch);
    },
  };
}

/** exp(-iπj²/n) for j < n. */
function chirp(length: number): { cos: Float64Array; sin: Float64Array } {
  const roots = rootsOfUnity(2 * length);
  // j² mod 2n is exact while j² < 2^53: lengths up to 9·10^7.
  const pick = (plane: Float64Array) =>
    Float64Array.from({ length }, (_, j) => plane[(j * j) % (2 * length)]);
  return { cos: pick(roots.cos), sin: pick(roots.sin) };
}

/** Transform of the conjugate chirp wrapped around the padded length, with the inverse's 1/padded in it. */
function chirpSpectrum(cos: Float64Array, sin: Float64Array, inner: Transform): Float64Array {
  const padded = inner.length;
  const buffer = new Float64Array(2 * padded + inner.scratch);
  for (let j = 0; j < cos.length; j += 1) {
    for (const at of [j, (padded - j) % padded]) {
      buffer[at] = cos[j] / padded;
      buffer[padded + at] = -sin[j] / padded;
    }
  }
  inner.run(buffer, 1, 0, padded, 2 * padded);
  return buffer.subarray(0, 2 * padded);
}

/**
 * The transform by its definition. As quick as Bluestein's method at short lengths, and the truth that other
 * engines are held against: 3 eps off at 31 points, where the convolution was 20.
 */
function byDefinition(length: number): Transform {
  const { cos, sin } = rootsOfUnity(length);

  function runOne(buffer: Float64Array, re: number, im: number, scratch: number): void {
    for (let k = 0; k < length; k += 1) {
      let [x, y] = [0, 0];
      for (let j = 0, turn = 0; j < length; j += 1, turn = (turn + k) % length) {
        x += buffer[re + j] * cos[turn] - buffer[im + j] * sin[turn];
        y += buffer[re + j] * sin[turn] + buffer[im + j] * cos[turn];
      }
      buffer[scratch + k] = x;
      buffer[scratch + length + k] = y;
    }
    buffer.copyWithin(re, scratch, scratch + length);
    buffer.copyWithin(im, scratch + length, scratch + 2 * length);
  }

  return {
    length,
    scratch: 2 * length,
    run(buffer, rows, re, im, scratch) {
      for (let row = 0; row < rows; row += 1) runOne(buffer, re + row * length, im + row * length, scratch);
    },
  };
}

const longestByDefinition = 64;

/** Forward transform (exp(-i…), unscaled) of any length, in O(n log n). */
export function transformOf(length: number): Transform {
  if (isPowerOfTwo(length)) return powerOfTwoTransform(length);
  return length <= longestByDefinition ? byDefinition(length) : bluestein(length);
}
