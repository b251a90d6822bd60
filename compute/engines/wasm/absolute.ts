import { type DenseArray, elementCount } from "@sluice/contract/array";
import type { OnFraction } from "../../model/on-fraction.ts";
import type { Crew, Share } from "../threads.ts";
import type { KernelMemory } from "./memory.ts";
import { lineOf, type Rows, viewOf, Workspace } from "./staging.ts";

/** Elements in one turn of a thread, and between two reports. */
const perTurn = 2 ** 18;
/** Elements staged at a time when an array lies outside kernel memory: 96 KiB, in and out. */
const staged = 4096;
const ownBytes = staged * 24;

interface Task {
  readonly a: Rows;
  readonly result: Rows;
  readonly count: number;
  readonly own: number;
}

export const absoluteShare: Share<Task> = {
  name: "absolute",
  run({ a, result, count, own }, member) {
    const work = new Workspace(member, own + member.who * ownBytes);
    const blockOf = { a: work.take(staged * 16), result: work.take(staged * 8) };
    const [from, to] = [a.address, result.address];
    const step = from === undefined || to === undefined ? staged : perTurn;
    for (let turn = member.take() * perTurn; turn < count; turn = member.take() * perTurn) {
      const end = Math.min(count, turn + perTurn);
      for (let first = turn; first < end; first += step) {
        const now = Math.min(step, end - first);
        if (from === undefined) {
          const numbers = a.data.subarray(2 * first, 2 * (first + now));
          viewOf(member.memory, blockOf.a, 2 * now, false).set(numbers);
        }
        member.kernels.fft.absolute(
          from === undefined ? blockOf.a : from + 16 * first,
          now,
          to === undefined ? blockOf.result : to + 8 * first,
        );
        if (to === undefined) result.data.set(viewOf(member.memory, blockOf.result, now, false), first);
      }
      member.onFraction(end / count);
    }
  },
};

/**
 * Magnitude of a complex128 array as float64, over the whole range of exponents, as numpy.abs: an infinite
 * part makes infinity, even beside a NaN.
 * @throws RangeError when memory for the result is not to be had
 */
export function absolute(
  a: DenseArray,
  memory: KernelMemory,
  crew: Crew,
  onFraction: OnFraction,
): DenseArray {
  const count = elementCount(a.shape);
  const result = memory.array({ shape: a.shape, dtype: "float64" }, false);
  // Reading and writing 24 bytes an element takes 1 to 1.5 ns.
  const hands = crew.worth(count);
  const common = memory.common(a, hands);
  const own = memory.scratch(hands.size * ownBytes);
  const task = { a: lineOf(common, memory), result: lineOf(result, memory), count, own };
  hands.run(absoluteShare, task, onFraction);
  memory.freeScratch(own);
  if (common !== a) memory.release(common);
  onFraction(1);
  return result;
}
