import type { FloatingArray, FloatingDtype } from "@sluice/contract/array";
import type { Engine } from "../../engines/engine.ts";

/** An array of the engine's that holds these numbers; 0-d when its shape is []. */
export function made(
  engine: Engine,
  shape: readonly number[],
  numbers: ArrayLike<number>,
  dtype: FloatingDtype = "float64",
): FloatingArray {
  const array = engine.array({ shape, dtype });
  array.data.set(numbers);
  return array;
}
