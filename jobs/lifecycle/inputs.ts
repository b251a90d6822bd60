import { isTerminal } from "@sluice/contract/job";
import { type InputRef, isAwaitedInput, type Job } from "../record.ts";
import { timing } from "../timing.ts";
import type { Parents } from "./evidence.ts";
import { type Decision, failed, send } from "./transitions.ts";

/**
 * A job whose inputs others have yet to make: sends it once they are all made, with where they lie; fails it when
 * one of them will never come.
 */
export function afterParents(job: Job, parents: Parents | undefined, now: number): Decision | undefined {
  // Looked up for an earlier state of this job: it was woken since, by a parent that may not have ended then.
  if (parents?.rev !== job.rev) return undefined;
  const inputs: Record<string, InputRef> = {};
  const running = new Set<string>();
  for (const [name, input] of Object.entries(job.inputs)) {
    const parent = isAwaitedInput(input) ? parents.jobs.get(input.job) : undefined;
    if (!isAwaitedInput(input)) inputs[name] = input;
    else if (!parent) {
      return failed(job, now, {
        code: "input-not-found",
        message: `input ${name}: job ${input.job} has expired`,
      });
    } else if (!isTerminal(parent.status)) running.add(parent.jobId);
    else {
      const output = parent.outputs?.[input.output];
      if (!output)
        return failed(job, now, { code: "input-failed", message: whyNone(name, input.output, parent) });
      const { shape, dtype, key, bytes } = output;
      inputs[name] = { shape, dtype, key, offset: 0, length: bytes };
    }
  }
  if (running.size === 0) {
    const { changes, effects } = send(job, now, { unanswered: 0 });
    return { changes: { ...changes, inputs }, effects };
  }
  return { changes: waiting([...running], job.deadlineAt, now), effects: [] };
}

/** What a job says, and when it is looked at, while others make its inputs. */
export function waiting(parents: readonly string[], deadlineAt: number, now: number) {
  const them = parents.map((jobId) => `job ${jobId}`).join(" and ");
  return {
    dueAt: Math.min(now + timing.inputs, deadlineAt),
    statusReason: `waiting for the output of ${them}`,
  };
}

function whyNone(name: string, output: string, { jobId, status, statusReason }: Job): string {
  switch (status) {
    case "FAILED":
      return `input ${name}: job ${jobId} failed: ${statusReason}`;
    case "CANCELLED":
      return `input ${name}: job ${jobId} was cancelled`;
    default:
      return `input ${name}: job ${jobId} made no output ${output}`;
  }
}
