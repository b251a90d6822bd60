/**
 * One process with one job, run as the workers run it: in a thread of its own, its inputs handed over. Prints the most
 * memory the process has held, in bytes. Without a job it only loads the same code.
 */
import { type Plan, plan, random } from "@sluice/compute";
import { chosenEngine } from "@sluice/compute/engines/index";
import { peakBytes } from "@sluice/compute/model/demand";
import { runInThread } from "@sluice/compute/node/thread";

export interface Job {
  readonly operation: string;
  readonly params: unknown;
  readonly n: number;
  readonly inputs: readonly string[];
}

export interface Held {
  readonly bytes: number;
  readonly plannedBytes: number;
}

async function held(job: Job | null): Promise<Held> {
  let planned: Plan | undefined;
  if (job) {
    const inputs = Object.fromEntries(
      job.inputs.map((name, index) => [name, random({ shape: [job.n, job.n], seed: index + 1 })]),
    );
    planned = plan(job.operation, job.params, inputs);
    await runInThread({ operation: job.operation, params: job.params, inputs });
  }
  return {
    bytes: process.resourceUsage().maxRSS * 1024,
    plannedBytes: planned ? peakBytes(planned, chosenEngine().profile) : 0,
  };
}

const job = JSON.parse(process.argv[2] ?? "null") as Job | null;
void held(job).then((answer) => console.log(JSON.stringify(answer)));
