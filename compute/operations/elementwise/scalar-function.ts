import type { Dtype } from "@sluice/contract/array";
import type { Loop } from "../../loops/elementwise/apply.ts";
import type { Working } from "../../loops/elementwise/operand-blocks.ts";

/** A loop that reads operands of one kind, whatever the kind of its result. */
type Reading<As extends Working> =
  | Loop<"bool", As>
  | Loop<"float64", As>
  | Loop<"complex128", As>
  | Loop<"int64", As>;

/**
 * A line of a table: a function of one number or of two, with a loop for each kind of numbers that it takes itself. What
 * has no loop of its own kind is read as the next wider one: bool as int64, int64 as float64. Complex numbers without a
 * loop are refused, as NumPy does.
 */
export interface ScalarFunction {
  /** NumPy's name. */
  readonly name: string;
  /** Other names of it: the Array API's, and NumPy's own second ones. */
  readonly aliases?: readonly string[];
  /** What it answers, as the first half of a sentence that ends in "as numpy.<name>". */
  readonly summary: string;
  readonly real?: Reading<"float64">;
  /** Where float32 is not what float64 gives, rounded. */
  readonly single?: Reading<"float64">;
  readonly complex?: Reading<"complex128">;
  readonly int?: Reading<"int64">;
  readonly bool?: Loop<"bool">;
  /** In place of all others: operands of every dtype, read as whether they are not zero. */
  readonly truth?: Loop<"bool">;
  /** What it gives, where that is not the dtype it is computed in: truth values, the real dtype of a complex one, or double precision always. */
  readonly gives?: "bool" | "real" | "double";
  /** Operands of it alone are refused, although there is a loop that could read them. */
  readonly refuses?: Dtype;
  /**
   * Nominal flops of a real and of a complex element, for functions that take long: in proportion to the
   * measured time, where exp has 20 (its usual count). Without them the operation is as fast as memory.
   */
  readonly flops?: readonly [real: number, complex?: number];
  readonly differences?: readonly string[];
  readonly example?: Readonly<Record<string, unknown>>;
}

/** The kind that operands of a dtype are read as; undefined where the function has no loop for them. */
export function kindOf(own: ScalarFunction, dtype: Dtype): Working | undefined {
  if (own.truth) return "bool";
  if (dtype === "complex128" || dtype === "complex64") return own.complex && "complex128";
  if (dtype === "bool" && own.bool) return "bool";
  if ((dtype === "bool" || dtype === "int64") && own.int) return "int64";
  return own.real && "float64";
}
