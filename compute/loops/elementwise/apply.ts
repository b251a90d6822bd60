import { type DenseArray, elementCount, isSingle, partsOf } from "@sluice/contract/array";
import type { OnFraction } from "../../model/on-fraction.ts";
import { OperandBlocks, stagedElements, type Working, type WorkingData } from "./operand-blocks.ts";

/**
 * A loop over `count` elements, from out[o], a[i], b[j] and c[k] on. All of them are dense; complex ones are
 * interleaved. An operation of fewer operands leaves out the parameters it has no use for. The kinds are those of
 * the result and of the operands; one that is left out is as the one before it: `Loop<"bool", "float64">` compares,
 * `Loop<"int64">` adds. BigInt64Array arithmetic is machine arithmetic to V8: 0.9 ns an element, as that of float64,
 * and what is stored wraps by itself.
 */
export type Loop<
  Out extends Working = "float64",
  A extends Working = Out,
  B extends Working = A,
  C extends Working = B,
> = (
  out: WorkingData[Out],
  o: number,
  count: number,
  a: WorkingData[A],
  i: number,
  b: WorkingData[B],
  j: number,
  c: WorkingData[C],
  k: number,
) => void;

/** A loop of any kinds: whoever applies it names those of its operands, and the result's dtype names that of `out`. */
export type AnyLoop = (
  out: never,
  o: number,
  count: number,
  a: never,
  i: number,
  b: never,
  j: number,
  c: never,
  k: number,
) => void;

export interface Operand {
  readonly array: DenseArray;
  /** What the loop reads it as; complex128 for a real array widens it with imaginary parts of 0. */
  readonly as: Working;
}

/** Elements between two reports, where nothing is staged. */
const perTurn = 2 ** 17;
const nothing = new Float64Array(0);

/**
 * Runs a loop over every element of `result`, whose shape the operands broadcast to. Operands that the loop
 * can read as they lie are not copied, the others a block at a time; a result in single precision is rounded a
 * block at a time. `result` may be one of the operands.
 */
export function applyElementwise<Result extends DenseArray>(
  loop: AnyLoop,
  operands: readonly Operand[],
  result: Result,
  onFraction: OnFraction,
): Result {
  // The kinds of operands and result are those the loop was written for: AnyLoop says that its caller sees to it.
  const run = loop as Loop;
  const count = elementCount(result.shape);
  const parts = partsOf(result);
  const blocks = operands.map(({ array, as }) => new OperandBlocks(array, as, result.shape));
  const [a, b, c] = blocks as OperandBlocks<"float64">[];
  const rounded = isSingle(result) ? (result.data as Float32Array) : undefined;
  const out = (rounded ? new Float64Array(stagedElements * parts) : result.data) as Float64Array;
  const turn = rounded || blocks.some(({ staged }) => staged) ? stagedElements : perTurn;
  for (let first = 0; first < count; first += turn) {
    const now = Math.min(turn, count - first);
    for (const block of blocks) block.open(first, now);
    const o = rounded ? 0 : first * parts;
    run(out, o, now, a.data, a.at, b?.data ?? nothing, b?.at ?? 0, c?.data ?? nothing, c?.at ?? 0);
    if (rounded) roundInto(rounded, first * parts, out, now * parts);
    if (first % perTurn === 0) onFraction((first + now) / count);
  }
  onFraction(1);
  return result;
}

function roundInto(rounded: Float32Array, first: number, out: Float64Array, count: number): void {
  for (let index = 0; index < count; index += 1) rounded[first + index] = out[index];
}
