import type { Loop } from "../../loops/elementwise/apply.ts";

/**
 * A line of a table: a function of one number or of two, with a loop for each kind of numbers that it takes. What has no
 * loop for complex numbers refuses them, as NumPy does.
 */
export interface ScalarFunction {
  /** NumPy's name. */
  readonly name: string;
  /** Other names of it: the Array API's, and NumPy's own second ones. */
  readonly aliases?: readonly string[];
  /** What it answers, as the first half of a sentence that ends in "as numpy.<name>". */
  readonly summary: string;
  readonly real: Loop;
  /** Where float32 is not what float64 gives, rounded. */
  readonly single?: Loop;
  readonly complex?: Loop;
  /** What it gives for complex numbers, where that is real. */
  readonly gives?: "real";
  /**
   * Nominal flops of a real and of a complex element, for functions that take long: in proportion to the
   * measured time, where exp has 20 (its usual count). Without them the operation is as fast as memory.
   */
  readonly flops?: readonly [real: number, complex?: number];
  readonly differences?: readonly string[];
  readonly example?: Readonly<Record<string, unknown>>;
}
