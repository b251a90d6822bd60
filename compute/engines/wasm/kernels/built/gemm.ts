// Written by scripts/kernels.ts: do not edit.
export interface GemmKernels {
  packRight64(b: number, rowElements: number, terms: number, columns: number, to: number): void;
  multiply64(
    rows: number,
    columns: number,
    terms: number,
    a: number,
    aRowElements: number,
    b: number,
    c: number,
    cRowElements: number,
    add: number,
    work: number,
  ): void;
  packRight32(b: number, rowElements: number, terms: number, columns: number, to: number): void;
  multiply32(
    rows: number,
    columns: number,
    terms: number,
    a: number,
    aRowElements: number,
    b: number,
    c: number,
    cRowElements: number,
    add: number,
    work: number,
  ): void;
  takePlane(from: number, rowElements: number, rows: number, columns: number, sign: number, to: number): void;
  putPlanes(
    re: number,
    im: number,
    rows: number,
    columns: number,
    add: number,
    to: number,
    rowElements: number,
  ): void;
}
