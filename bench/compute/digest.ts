import type { FloatingArray } from "@sluice/contract/array";

/** What two processes compare their results by; peer.py makes the same of NumPy's. */
export interface Digest {
  /** Sum of magnitudes. */
  readonly sum: number;
  /** Elements at scattered places, real and imaginary parts. */
  readonly samples: readonly number[];
}

const samples = 256;
/** The prime next to 2^32 over the golden ratio: its multiples, modulo any length, are spread evenly. */
const stride = 2_654_435_761;

export function digest({ data, dtype }: FloatingArray): Digest {
  const width = dtype === "complex128" ? 2 : 1;
  let sum = 0;
  for (let index = 0; index < data.length; index += width) {
    const re = data[index] ?? Number.NaN;
    sum += width === 2 ? Math.hypot(re, data[index + 1] ?? Number.NaN) : Math.abs(re);
  }
  const elements = data.length / width;
  const places = Array.from({ length: samples }, (_, sample) => (sample * stride) % elements);
  return { sum, samples: places.flatMap((at) => [...data.subarray(at * width, at * width + width)]) };
}

/** Far above what rounding does to the cases' sizes, far below any mistake. */
const tolerance = { double: 1e-11, single: 1e-4 };

export function agrees(name: string, apart: number): boolean {
  return apart <= (name.endsWith("-f32") ? tolerance.single : tolerance.double);
}

/** The largest difference, over the largest sample, or that of the sums. */
export function difference(one: Digest, other: Digest): number {
  const scale = Math.max(...other.samples.map(Math.abs), Number.MIN_VALUE);
  const apart = one.samples.map((value, index) => Math.abs(value - (other.samples[index] ?? Number.NaN)));
  return Math.max(Math.max(...apart) / scale, Math.abs(one.sum - other.sum) / other.sum);
}
