import { isTerminal } from "@sluice/contract/job";
import { asInput, type InputRef, isAwaitedInput, type Job } from "../record.ts";
import type { Parents } from "./evidence.ts";
import { failed, sentWithInputs, type Transition, waitingForInputs } from "./transitions.ts";

/**
 * A job that waits for its inputs is sent once its parents have made them all. It fails when one of them can never
 * come.
 */
export function afterParents(
  job: Job,
  parents: Parents | undefined,
  now: number,
  hops = 0,
): Transition | undefined {
  // The parents were read for an earlier state of this job: one of them may have ended since and set dueAt.
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
      inputs[name] = asInput(output);
    }
  }
  return running.size === 0
    ? sentWithInputs(job, inputs, hops, now)
    : waitingForInputs(job, [...running], now);
}

/** The end of its last parent sends a job that has all its inputs. It does not fail one that has not: sweep does. */
export function afterLastParent(
  job: Job,
  { parents, hops }: { readonly parents: Parents; readonly hops: number },
  now: number,
): Transition | undefined {
  const decided = afterParents(job, parents, now, hops);
  return decided?.changes.step === "sent" ? decided : undefined;
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
