import { write } from "../lifecycle/write.ts";
import type { Ports } from "../ports.ts";
import type { Job } from "../record.ts";
import { timing } from "../timing.ts";
import { leaseOf, type Machine } from "./claim.ts";
import { Stopped } from "./stopped.ts";

export interface Beat {
  /** Aborted with a Stopped when this worker must let go of the job. */
  readonly signal: AbortSignal;
  /** Called with the completed fraction of the work; written with the next beat. */
  readonly progress: (fraction: number) => void;
  /** Ends all timers and waits for a write under way, so that nothing follows the finish. */
  stop(): Promise<void>;
}

/**
 * Renews the lease of a claimed job, writes its progress, and checks every second whether the job was cancelled or
 * fenced off. Runs on the thread that the computation does not block.
 */
export function startHeartbeat(
  job: Job,
  machine: Machine,
  ports: Pick<Ports, "store" | "log" | "now" | "settings">,
): Beat {
  const { store, log, now } = ports;
  const abort = new AbortController();
  const context = { jobId: job.jobId, dispatch: job.dispatch };
  const stop = (reason: Stopped) => abort.abort(reason);
  let progress = 0;
  let lastBeat = now();
  let underWay: Promise<void> = Promise.resolve();

  const check = async () => {
    if (now() - lastBeat < timing.beat) {
      const current = await store.get(job.jobId);
      const mine =
        current?.dispatch === job.dispatch &&
        current.worker === job.worker &&
        current.status === "PROCESSING";
      if (!mine) stop(new Stopped("lost", `the job is ${current?.status ?? "gone"} or runs elsewhere`));
      return;
    }
    lastBeat = now();
    const leaseUntil = leaseOf(machine, lastBeat);
    const renewed = await write(job, { kind: "beat", leaseUntil, progress }, ports);
    if (!renewed?.ok)
      stop(new Stopped("lost", `the job is ${renewed?.job?.status ?? "gone"} or runs elsewhere`));
  };

  let checking = false;
  const timer = setInterval(() => {
    if (checking || abort.signal.aborted) return;
    checking = true;
    underWay = check()
      // A beat that failed on the way is not a lost job: the lease outlives three of them.
      .catch((error) => log.warn("beat failed", { ...context, error }))
      .finally(() => {
        checking = false;
      });
  }, timing.watch);

  const timers = [
    after(job.deadlineAt - now(), () =>
      stop(new Stopped("deadline", `the job did not finish within ${job.maxSeconds} s`)),
    ),
  ];
  if (machine.killedAt !== undefined) {
    const left = machine.killedAt - timing.lambdaMargin - now();
    timers.push(
      after(left, () => stop(new Stopped("out-of-time", "the Lambda function was about to time out"))),
    );
  }
  const reclaimed = () => stop(new Stopped("interrupted", "the machine is being taken away"));
  if (machine.signal?.aborted) reclaimed();
  machine.signal?.addEventListener("abort", reclaimed, { once: true });

  return {
    signal: abort.signal,
    progress: (fraction) => {
      progress = Math.min(1, Math.max(progress, fraction));
    },
    async stop() {
      clearInterval(timer);
      for (const pending of timers) clearTimeout(pending);
      machine.signal?.removeEventListener("abort", reclaimed);
      await underWay;
    },
  };
}

/** setTimeout holds at most 2^31−1 ms, about 24 days; no deadline is longer than that. */
function after(milliseconds: number, action: () => void) {
  return setTimeout(action, Math.min(Math.max(0, milliseconds), 2 ** 31 - 1));
}
