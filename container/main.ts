import { offerNative } from "@sluice/compute/node/native/index";
import { config, stageName, taskEnvironment } from "../aws/config.ts";
import { taskTrace } from "../aws/ecs/task-trace.ts";
import { thisTask } from "../aws/ecs/this-task.ts";
import { ports as portsOfProcess } from "../aws/ports.ts";
import { addContext, inScope } from "../aws/telemetry/log-scope.ts";
import { requestTrace } from "../aws/telemetry/trace.ts";
import { compute } from "../jobs/run/compute.ts";
import { launchName } from "../jobs/run/launch-name.ts";
import { type RunOutcome, runJob } from "../jobs/run/run.ts";

/**
 * What the exit code tells whoever reads the task list. The job's fate is in its record: a task whose job
 * FAILED did its work, and a task that lost the claim did right to go.
 */
const exitCodes: Record<RunOutcome, number> = { completed: 0, failed: 0, lost: 0, released: 75 };
/** EX_TEMPFAIL: the job was given back and runs again. Anything thrown is EX_SOFTWARE. */
const brokenExitCode = 70;

/** The Fargate entry: one task, one job. SIGTERM (Spot, StopTask) gives the job back and ends in time. */
async function main(header: string): Promise<number> {
  const taken = new AbortController();
  process.once("SIGTERM", () => taken.abort());
  const { JOB_ID: jobId, DISPATCH: dispatch } = taskEnvironment();
  const launch = { jobId, dispatch };
  addContext({ ...launch, requestId: launchName(launch) });
  const trace = taskTrace(header, config().stage, Date.now);
  const ports = { ...portsOfProcess(), trace };
  const { log } = ports;
  // koffi is beside this file in the image, above it in a checkout. Without it wasm does the work.
  const nativeMissing = offerNative(process.argv[1] ?? "");
  try {
    const machine = { target: "fargate", signal: taken.signal, ...(await thisTask()) } as const;
    const outcome = await runJob(launch, machine, compute, ports);
    await trace.send({ ...launch, outcome }).catch((error) => log.warn("trace not sent", { error }));
    log.info("task done", { outcome, ...(nativeMissing === undefined ? {} : { nativeMissing }) });
    return exitCodes[outcome];
  } catch (error) {
    log.error("task broke", { error });
    return brokenExitCode;
  }
}

// Asked for once: where the launch gave none, each time it is another.
const trace = requestTrace();
const scope = { functionName: "task", stage: stageName(), coldStart: true, trace };
inScope(scope, () => main(trace)).then(
  // Not process.exit: lines still on their way to the log would be cut off.
  (code) => {
    process.exitCode = code;
  },
  // Only a wrong environment ends here: there is no job to speak of yet.
  (error) => {
    console.error(error);
    process.exitCode = brokenExitCode;
  },
);
