// Written by scripts/kernels.ts: do not edit.
export interface MiscKernels {
  foldColumns(
    from: number,
    mirror: number,
    fromElements: number,
    mirrorElements: number,
    rows: number,
    columns: number,
    skip: number,
    sign: number,
    to: number,
  ): void;
  foldRows(
    from: number,
    mirror: number,
    fromElements: number,
    mirrorElements: number,
    row: number,
    extent: number,
    rows: number,
    columns: number,
    sign: number,
    to: number,
  ): void;
  unfoldRows(
    even: number,
    odd: number,
    evenElements: number,
    oddElements: number,
    rows: number,
    columns: number,
  ): void;
  largest(from: number, count: number): number;
  fusedResidue(): number;
  scale64(at: number, count: number, factor: number): void;
  randomDoubles(state: number, turns: number, to: number): void;
  randomSingles(state: number, turns: number, to: number): void;
}
