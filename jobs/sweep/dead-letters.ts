import { apply } from "../lifecycle/apply.ts";
import { type Message, parseMessage } from "../message.ts";
import type { Ports } from "../ports.ts";
import { readableJob } from "./readable-job.ts";

/** Read in one pass; the rest is read when some have been put back. */
const limit = 100;

/**
 * Fails the jobs whose messages ended in the dead-letter queue. The messages stay there for analysis: redrive()
 * retries their jobs.
 *
 * @returns how many messages there are
 */
export async function markDeadLetters(ports: Ports): Promise<number> {
  const { deadLetters, log } = ports;
  const count = await deadLetters.count();
  if (count === 0) return 0;
  const letters = await deadLetters.read(limit);
  try {
    for (const { text } of letters) {
      const message = readable(text);
      if (message) await log.scope(() => mark(message, ports));
    }
  } finally {
    await deadLetters.putBack(letters);
  }
  return count;
}

async function mark({ jobId, dispatch }: Message, ports: Ports): Promise<void> {
  const job = await readableJob(jobId, ports);
  const applied = job && (await apply(job, { kind: "dead-letter", dispatch }, ports));
  if (applied?.changed) ports.log.error("job failed: its message is a dead letter", { jobId, dispatch });
}

/** Undefined when the text is no message, or one of a later release. */
export function readable(text: string): Message | undefined {
  try {
    return parseMessage(text);
  } catch {
    return undefined;
  }
}
