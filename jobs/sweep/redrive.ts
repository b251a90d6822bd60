import { Problem } from "@sluice/contract/problem";
import { retry } from "../api/own-jobs.ts";
import { apply } from "../lifecycle/apply.ts";
import { isAwaited } from "../lifecycle/next.ts";
import type { DeadLetter, Ports } from "../ports.ts";
import { readable } from "./dead-letters.ts";

export interface RedriveFilter {
  /** Says what would be done and does nothing. */
  readonly dryRun: boolean;
  readonly jobId?: string | undefined;
  readonly owner?: string | undefined;
  /** How many messages are looked at. */
  readonly limit: number;
}

/**
 * - retried: the job runs again, and its message is removed
 * - removed: the job needs no message any more
 * - kept: nothing could be done, so the message stays
 */
export type RedriveAction = "retried" | "removed" | "kept";

export interface RedriveItem {
  readonly jobId?: string;
  readonly action: RedriveAction;
  readonly reason: string;
  /** When the message was first sent, ISO 8601. */
  readonly sentAt: string;
}

export interface RedriveReport {
  readonly dryRun: boolean;
  readonly found: number;
  readonly items: RedriveItem[];
}

/**
 * Puts jobs whose messages are in the dead-letter queue back to work: per message, the job is retried first
 * and the message removed second, so that dying in between loses nothing and repeats nothing. The message
 * itself is never sent again: its dispatch is of the past, and the fence would drop it.
 */
export async function redrive(filter: RedriveFilter, ports: Ports): Promise<RedriveReport> {
  const { deadLetters, log } = ports;
  const letters = await deadLetters.read(filter.limit);
  const items: RedriveItem[] = [];
  const kept: DeadLetter[] = [];
  try {
    for (const letter of letters) {
      const item = await log.scope(() => consider(letter, filter, ports));
      if (item) items.push(item);
      if (!item || item.action === "kept" || filter.dryRun) {
        kept.push(letter);
        continue;
      }
      await deadLetters.remove(letter);
      log.info("dead letter dealt with", { ...item });
    }
  } finally {
    await deadLetters.putBack(kept);
  }
  return { dryRun: filter.dryRun, found: letters.length, items };
}

/** What is done with one message; undefined when the filter leaves it out. */
async function consider(
  { text, sentAt }: DeadLetter,
  { dryRun, jobId: onlyJob, owner: onlyOwner }: RedriveFilter,
  ports: Ports,
): Promise<RedriveItem | undefined> {
  const message = readable(text);
  const filtered = onlyJob !== undefined || onlyOwner !== undefined;
  const at = { sentAt: new Date(sentAt).toISOString() };
  if (!message) {
    return filtered ? undefined : { action: "kept", reason: "not a message that this release reads", ...at };
  }
  const { jobId, dispatch } = message;
  if (onlyJob !== undefined && jobId !== onlyJob) return undefined;
  const found = await ports.store.get(jobId);
  if (onlyOwner !== undefined && found?.owner !== onlyOwner) return undefined;
  const context = { jobId, ...at };
  if (!found) return { ...context, action: "removed", reason: "its job has expired" };
  // Until sweep has marked the dead letter, the job still waits for this message.
  const dead = { kind: "dead-letter", dispatch } as const;
  const waits = isAwaited(found, dispatch);
  const undelivered = found.status === "FAILED" && found.error?.code === "not-delivered";
  if (!undelivered && !waits) {
    return { ...context, action: "removed", reason: `its job is ${found.status} without it` };
  }
  if (dryRun) return { ...context, action: "retried", reason: found.statusReason };
  const job = waits ? (await apply(found, dead, ports))?.job : found;
  if (job?.status !== "FAILED") return { ...context, action: "kept", reason: "its job moved meanwhile" };
  try {
    await retry(job, ports);
    return { ...context, action: "retried", reason: job.statusReason };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { ...context, action: "kept", reason: error.message };
  }
}
