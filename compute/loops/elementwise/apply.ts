import { elementCount, type FloatingArray } from "@sluice/contract/array";
import type { OnFraction } from "../../model/on-fraction.ts";
import { OperandBlocks, stagedElements, type Working } from "./operand-blocks.ts";

/**
 * A loop over `count` elements, from out[o], a[i], b[j] and c[k] on. All of them are dense; complex ones are
 * interleaved. An operation of fewer operands leaves out the parameters it has no use for.
 */
export type Loop = (
  out: Float64Array,
  o: number,
  count: number,
  a: Float64Array,
  i: number,
  b: Float64Array,
  j: number,
  c: Float64Array,
  k: number,
) => void;

export interface Operand {
  readonly array: FloatingArray;
  /** What the loop reads it as; complex128 for a real array widens it with imaginary parts of 0. */
  readonly as: Working;
}

/** Elements between two reports, where nothing is staged. */
const perTurn = 2 ** 17;
const nothing = new Float64Array(0);

function roundInto(rounded: Float32Array, first: number, out: Float64Array, count: number): void {
  for (let index = 0; index < count; index += 1) rounded[first + index] = out[index];
}

/**
 * Runs a loop over every element of `result`, whose shape the operands broadcast to. Operands that the loop
 * can read as they lie are not copied, the others a block at a time. `result` may be one of the operands.
 */
export function applyElementwise(
  loop: Loop,
  operands: readonly Operand[],
  result: FloatingArray,
  onFraction: OnFraction,
): FloatingArray {
  const count = elementCount(result.shape);
  const parts = result.dtype === "complex128" ? 2 : 1;
  const blocks = operands.map(({ array, as }) => new OperandBlocks(array, as, result.shape));
  const [a, b, c] = blocks;
  const rounded = result.data instanceof Float32Array ? result.data : undefined;
  const out = result.data instanceof Float64Array ? result.data : new Float64Array(stagedElements);
  const turn = rounded || blocks.some(({ staged }) => staged) ? stagedElements : perTurn;
  for (let first = 0; first < count; first += turn) {
    const now = Math.min(turn, count - first);
    for (const block of blocks) block.open(first, now);
    const o = rounded ? 0 : first * parts;
    loop(out, o, now, a.data, a.at, b?.data ?? nothing, b?.at ?? 0, c?.data ?? nothing, c?.at ?? 0);
    if (rounded) roundInto(rounded, first, out, now);
    if (first % perTurn === 0) onFraction((first + now) / count);
  }
  onFraction(1);
  return result;
}
