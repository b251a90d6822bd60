declare module "ndarray-fft/lib/fft-matrix.js" {
  /**
   * Transforms `rows` contiguous rows of `columns` points in place; re at `re`, im at `im` in `buffer`.
   * `direction` 1 uses exp(+i…) and does not scale; `scratch` is unused for powers of two.
   */
  export default function fftRows(
    direction: 1 | -1,
    rows: number,
    columns: number,
    buffer: Float64Array,
    re: number,
    im: number,
    scratch: number,
  ): void;
}
