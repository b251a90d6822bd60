import { isTerminal } from "@sluice/contract/job";
import type { JobEvent } from "@sluice/contract/job-event";
import { maxListedAttempts } from "@sluice/contract/limits";
import type { TaskRequest } from "../../../jobs/ports.ts";
import { attemptCount, isRecorded, type Job } from "../../../jobs/record.ts";
import type { Measures } from "../../../jobs/telemetry.ts";
import { outputFile } from "../../support/jobs/output-file.ts";
import type { Clock } from "./clock.ts";
import { failedRightly } from "./failures.ts";
import { SpotWatch } from "./spot-watch.ts";
import type { Task } from "./task.ts";
import type { Script } from "./workload.ts";

export type Invariant =
  | "every job ends in time"
  | "every end is announced"
  | "a deadline is kept"
  | "a terminal state is final"
  | "a message that failed comes again"
  | "an answer is what the record says"
  | "one result, and it stays"
  | "the result is the oracle's"
  | "only its own fault fails a job"
  | "what cannot succeed does not"
  | "dispatch never falls"
  | "one claim per dispatch"
  | "attempts are history"
  | "the caps are kept"
  | "no task is left running"
  | "every slot is given back"
  | "on demand when Spot has none"
  | "dead letters are told and redriven"
  | "the line is fair"
  | "nothing is forgotten"
  | "our code does not break";

export interface Violation {
  readonly invariant: Invariant;
  readonly at: number;
  readonly jobId: string | undefined;
  readonly detail: string;
}

/** What the watch needs to know of the stage besides the writes it is told of. */
export interface Known {
  readonly scriptOf: (jobId: string) => Script;
  readonly tasksOf: (jobId: string) => Task[];
  /** Whether a job was FAILED or CANCELLED at any time. */
  readonly hasBeenUnlucky: (script: Script | undefined) => boolean;
  readonly hasDeadLetter: (jobId: string) => boolean;
  readonly file: (key: string) => Uint8Array | undefined;
  readonly largestMiB: number;
}

/** More of the same would only scroll the first ones away. */
const keptPerInvariant = 5;

/** Looks at every write the moment DynamoDB applies it, and keeps a list of what must not be. */
export class Watch {
  readonly violations: Violation[] = [];
  /** Dispatch at which the current run of a job began. */
  readonly runStart = new Map<string, number>();
  /** Jobs that were FAILED or CANCELLED at some time. */
  readonly unlucky = new Set<string>();
  readonly spot = new SpotWatch();
  /** Ids of the ends that were announced. */
  readonly announced = new Set<string>();
  /** Ends written, and ends counted as COMPLETED or FAILED. */
  readonly ends = { written: 0, counted: 0 };
  readonly #clock: Clock;
  readonly #known: Known;

  constructor(clock: Clock, known: Known) {
    this.#clock = clock;
    this.#known = known;
  }

  violated(invariant: Invariant, jobId: string | undefined, detail: string): void {
    if (this.violations.filter((known) => known.invariant === invariant).length >= keptPerInvariant) return;
    this.violations.push({ invariant, jobId, detail, at: this.#clock.now });
  }

  told(event: JobEvent): void {
    this.announced.add(event.id);
    // State first: what is told is what the record says, or said before a retry.
    if (!isTerminal(event.status))
      this.violated("every end is announced", event.jobId, `told as ${event.status}`);
  }

  measured({ JobsCompleted = 0, JobsFailed = 0 }: Measures): void {
    this.ends.counted += JobsCompleted + JobsFailed;
  }

  asked(request: TaskRequest): void {
    const wrong = this.spot.wrongLaunch(request);
    if (wrong) this.violated("on demand when Spot has none", request.jobId, wrong);
  }

  onWrite(before: Job | undefined, after: Job): void {
    const { jobId } = after;
    this.spot.onWrite(before, after);
    const wrong = (invariant: Invariant, detail: string) => this.violated(invariant, jobId, detail);
    if (!isTerminal(after.status) && after.dueAt === undefined) {
      wrong("nothing is forgotten", `${after.status} (${after.step ?? "claimed"}) without a dueAt`);
    }
    if (!before || after.run !== before.run) this.runStart.set(jobId, after.dispatch);
    if (after.status === "FAILED" || after.status === "CANCELLED") this.unlucky.add(jobId);
    if (before) this.#compare(before, after, wrong);
    if (isTerminal(after.status) && before?.status !== after.status) this.#atTheEnd(after, wrong);
  }

  #compare(before: Job, after: Job, wrong: (invariant: Invariant, detail: string) => void): void {
    if (after.dispatch < before.dispatch)
      wrong("dispatch never falls", `${before.dispatch} → ${after.dispatch}`);
    // Noting that its end is announced does not touch a record.
    if (after.rev === before.rev) return;
    if (isTerminal(before.status) && after.run === before.run) {
      wrong("a terminal state is final", `written to after ${before.status}: now ${after.status}`);
    }
    if (before.status === "COMPLETED") wrong("a terminal state is final", "a COMPLETED job was written to");
    const dispatches = after.attempts.map(({ dispatch }) => dispatch);
    if (new Set(dispatches).size !== dispatches.length) {
      wrong("one claim per dispatch", `attempts carry the dispatches ${dispatches.join(", ")}`);
    }
    const claimed = attemptCount(after) > attemptCount(before);
    if (claimed && dispatches.at(-1) !== after.dispatch) {
      wrong(
        "one claim per dispatch",
        `claimed for ${dispatches.at(-1)} when the job was at ${after.dispatch}`,
      );
    }
    // The earliest of a full list are dropped, and counted.
    const dropped = (after.droppedAttempts?.count ?? 0) - (before.droppedAttempts?.count ?? 0);
    if (dropped > 0 && after.attempts.length < maxListedAttempts)
      wrong("attempts are history", `${dropped} dropped from a list of ${before.attempts.length}`);
    for (const [index, attempt] of before.attempts.slice(dropped).entries()) {
      const now = after.attempts[index];
      const same = now?.dispatch === attempt.dispatch && now.startedAt === attempt.startedAt;
      const ended = attempt.endedAt === undefined || now?.outcome === attempt.outcome;
      if (!same || !ended) wrong("attempts are history", `attempt ${index + 1} was changed or lost`);
    }
  }

  #atTheEnd(job: Job, wrong: (invariant: Invariant, detail: string) => void): void {
    const { jobId } = job;
    if (job.status !== "CANCELLED") this.ends.written++;
    const { kind, seconds } = this.#known.scriptOf(jobId);
    const open = job.attempts.filter(({ endedAt }) => endedAt === undefined);
    if (open.length > 0)
      wrong("attempts are history", `${job.status} with ${open.length} attempts still open`);
    if (job.status === "FAILED") {
      const known = { ...this.#known, keptOnSpot: this.spot.keptThere.has(jobId) };
      const why = failedRightly(job, this.runStart.get(jobId) ?? 1, known, this.#clock.now);
      if (why) wrong("only its own fault fails a job", why);
    }
    if (job.status !== "COMPLETED") return;
    const completed = job.attempts.filter(({ outcome }) => outcome === "completed");
    if (completed.length !== 1 || completed[0]?.dispatch !== job.dispatch) {
      wrong(
        "one result, and it stays",
        `completed at dispatch ${job.dispatch} by ${JSON.stringify(completed)}`,
      );
    }
    if (["too large for any task", "fails numerically", "crashes", "overruns its deadline"].includes(kind)) {
      wrong("what cannot succeed does not", `a job that ${kind} (${seconds} s) is COMPLETED`);
    }
    this.checkResult(job);
  }

  /** The bytes behind the link are the ones the same operation gives when it is run directly. */
  checkResult(job: Job): void {
    const { expected } = this.#known.scriptOf(job.jobId);
    const output = job.outputs?.result;
    const bytes = outputFile(output, this.#known.file);
    if (bytes && expected.equals(bytes)) return;
    const got = bytes ? `${bytes.byteLength} other bytes` : "nothing";
    const place = output && !isRecorded(output) ? output.key : "the record";
    this.violated("the result is the oracle's", job.jobId, `in ${place}: ${got}`);
  }
}
