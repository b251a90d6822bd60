// Written by scripts/kernels.ts: do not edit.
export interface LinearAlgebraKernels {
  solveTriangle(
    t: number,
    tElements: number,
    n: number,
    lower: number,
    unit: number,
    b: number,
    bElements: number,
    columns: number,
  ): void;
  swapRows(x: number, y: number, count: number): void;
  eliminate(
    a: number,
    elements: number,
    rows: number,
    width: number,
    from: number,
    to: number,
    pivots: number,
  ): void;
  choleskyBlock(a: number, elements: number, n: number): number;
  reflect(
    a: number,
    elements: number,
    rows: number,
    from: number,
    to: number,
    tau: number,
    work: number,
  ): void;
  copyRows(
    from: number,
    fromElements: number,
    rows: number,
    columns: number,
    to: number,
    toElements: number,
  ): void;
  transpose(
    from: number,
    fromElements: number,
    rows: number,
    columns: number,
    sign: number,
    to: number,
    toElements: number,
  ): void;
  rotateRows(
    z: number,
    elements: number,
    columns: number,
    first: number,
    step: number,
    count: number,
    factors: number,
  ): void;
}
