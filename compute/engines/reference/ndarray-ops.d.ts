declare module "ndarray-ops" {
  import type { NdArray, TypedArray } from "ndarray";

  type View = NdArray<TypedArray>;
  const ops: {
    /** target = source, element by element, whatever the strides. */
    assign(target: View, source: View): void;
    /** target = value */
    assigns(target: View, value: number): void;
    /** target *= factor */
    mulseq(target: View, factor: number): void;
  };
  export default ops;
}
