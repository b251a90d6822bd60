import { setTimeout as pause } from "node:timers/promises";

/** What DynamoDB was too busy for is asked again this often, the waits growing from 25 ms to 0.8 s. */
const rounds = 6;
const firstPause = 25;

/**
 * Repeats a BatchGetItem or BatchWriteItem with the parts that it gave back, until it gives none back.
 *
 * @param undone what a part is that was given back, for the error: "unread", "unwritten"
 * @param call makes one request; answers the parts it gave back, and whether it did any of them: large records come a
 * megabyte at a time, so only a round that did nothing is a refusal
 * @throws Error after that many refusals in a row
 */
export async function untilProcessed<Part>(
  parts: readonly Part[],
  undone: string,
  call: (parts: readonly Part[]) => Promise<{ readonly left: readonly Part[]; readonly progressed: boolean }>,
): Promise<void> {
  let wanted = parts;
  for (let refused = 0; wanted.length > 0; ) {
    const { left, progressed } = await call(wanted);
    refused = progressed ? 0 : refused + 1;
    if (refused > rounds)
      throw new Error(`DynamoDB left ${left.length} of ${parts.length} jobs ${undone}, ${rounds} times`);
    if (refused > 0) await pause(Math.random() * firstPause * 2 ** (refused - 1));
    wanted = left;
  }
}
