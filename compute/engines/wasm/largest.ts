import type { DenseArray } from "@sluice/contract/array";
import type { Crew, Share } from "../threads.ts";
import type { KernelMemory } from "./memory.ts";
import { lineOf, type Rows, realOperand, Workspace } from "./staging.ts";

/** Numbers looked at in one turn. */
const perTurn = 2 ** 17;
/** Numbers staged at a time when they lie outside kernel memory. */
const chunk = 8192;
/** Sums of mirrored elements stay far from overflow below this. */
const largestFoldable = 1e300;

interface Task {
  readonly numbers: Rows;
  readonly count: number;
  /** A word per member: 1 when all it saw is small enough. */
  readonly answers: number;
  readonly own: number;
}

export const largestShare: Share<Task> = {
  name: "largest",
  run({ numbers, count, answers, own }, member) {
    const work = new Workspace(member, own + member.who * chunk * 8);
    const operand = realOperand(work, numbers, chunk);
    const step = numbers.address === undefined ? chunk : perTurn;
    let isSmall = true;
    for (let turn = member.take() * perTurn; turn < count; turn = member.take() * perTurn) {
      const end = Math.min(count, turn + perTurn);
      for (let from = turn; from < end; from += step) {
        const now = Math.min(step, end - from);
        // A NaN is not less than anything.
        const largest = member.kernels.misc.largest(operand.stage(0, 1, from, now).address, now);
        isSmall = isSmall && largest < largestFoldable;
      }
    }
    new Int32Array(member.memory.buffer, answers, member.of)[member.who] = isSmall ? 1 : 0;
  },
};

/** Whether all elements of a float64 array are finite and below 1e300. */
export function isFoldable(array: DenseArray, memory: KernelMemory, crew: Crew): boolean {
  const count = array.data.length;
  // Reading runs at some 10 bytes a nanosecond.
  const hands = crew.worth((8 * count) / 10);
  const common = memory.common(array, hands);
  const answers = memory.scratch(hands.size * (64 + chunk * 8));
  hands.run(
    largestShare,
    { numbers: lineOf(common, memory), count, answers, own: answers + hands.size * 64 },
    () => {},
  );
  const isSmall = new Int32Array(memory.memory.buffer, answers, hands.size).every((answer) => answer === 1);
  memory.freeScratch(answers);
  if (common !== array) memory.release(common);
  return isSmall;
}
