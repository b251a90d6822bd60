import type { DenseArray } from "@sluice/contract/array";

/**
 * Gives an intermediate's memory back now. Left to the collector, dead arrays of hundreds of MiB
 * pile up (it sees only their small headers) and a job outgrows the peak its plan promised.
 */
export function release({ data }: DenseArray): void {
  const { buffer } = data;
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}
