// Written by scripts/kernels.ts: do not edit.
export interface JsonKernels {
  read(from: number, end: number, isLast: number, to: number, state: number): number;
  write(from: number, count: number, step: number, to: number, limit: number, state: number): number;
}
