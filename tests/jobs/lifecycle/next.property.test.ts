import { isTerminal } from "@sluice/contract/job";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Evidence, TaskObservation } from "../../../jobs/lifecycle/evidence.ts";
import { next } from "../../../jobs/lifecycle/next.ts";
import { claimed, launched } from "../../../jobs/lifecycle/transitions.ts";
import type { Job } from "../../../jobs/record.ts";
import type { Settings } from "../../../jobs/settings.ts";
import { limits, timing } from "../../../jobs/timing.ts";
import { stoppedTask } from "../../support/jobs/memory-ports.ts";
import {
  died,
  failedStart,
  fargateRoute,
  imageMissing,
  infrastructureStop,
  lambdaRoute,
  noMachine,
  outOfMemory,
  sampleJob,
  spotReclaim,
  start,
  stoppedByHand,
  written,
} from "../../support/jobs/sample-jobs.ts";

/** The longest a job goes unlooked at: a Lambda's whole time-out and its slack. */
const longestWait = 120_000 + timing.lambdaLeaseSlack;

/** What can happen to a job, said without knowing the job: late, repeated and of any dispatch. */
type Happening =
  | { kind: "evidence"; evidence: Evidence; dispatchesBack: number; strangeTask: boolean }
  | { kind: "claim" | "beat" | "complete" | "fail" | "launch" };

const stops = [
  ...[
    died,
    outOfMemory,
    spotReclaim,
    infrastructureStop,
    failedStart,
    imageMissing,
    stoppedByHand,
    noMachine,
  ],
  stoppedTask("", "", {}),
];
const observation: fc.Arbitrary<TaskObservation> = fc.constantFrom<TaskObservation>(
  ...stops,
  { state: "starting", taskArn: "" },
  { state: "running", taskArn: "" },
  { state: "missing" },
);
const evidence: fc.Arbitrary<Evidence> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("due" as const), queueWaiting: fc.nat(2), task: observation }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("due" as const), queueWaiting: fc.nat(2) }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("task" as const), dispatch: fc.constant(0), task: observation }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("refused" as const),
      dispatch: fc.constant(0),
      refusal: fc.record({
        kind: fc.constantFrom(...(["cap", "capacity", "busy", "shape", "configuration"] as const)),
        detail: fc.constant(""),
      }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("released" as const),
      cause: fc.constantFrom(
        ...(["interrupted", "out-of-time", "out-of-memory", "crashed", "our-fault"] as const),
      ),
      detail: fc.constant("released"),
    }),
  },
);
const waited: fc.Arbitrary<Evidence> = fc.constantFrom<Evidence>(
  { kind: "admitted" },
  { kind: "dead-letter", dispatch: 0 },
);
const asked: fc.Arbitrary<Evidence> = fc.constantFrom<Evidence>({ kind: "cancel" }, { kind: "retry" });

const happening = (seen: fc.Arbitrary<Evidence>): fc.Arbitrary<Happening> =>
  fc.oneof(
    fc.record({
      kind: fc.constant("evidence" as const),
      evidence: seen,
      dispatchesBack: fc.oneof(
        { weight: 3, arbitrary: fc.constant(0) },
        { weight: 1, arbitrary: fc.integer({ min: -1, max: 3 }) },
      ),
      strangeTask: fc.oneof(
        { weight: 4, arbitrary: fc.constant(false) },
        { weight: 1, arbitrary: fc.constant(true) },
      ),
    }),
    fc.constantFrom<Happening>({ kind: "claim" }, { kind: "claim" }, { kind: "launch" }, { kind: "beat" }),
    fc.constantFrom<Happening>({ kind: "complete" }, { kind: "fail" }),
  );

const settings: fc.Arbitrary<Settings> = fc.record({
  workMemoryMiB: fc.constantFrom(512, 1769, 10_240),
  express: fc.boolean(),
  recordArrays: fc.boolean(),
  submitMemoryMiB: fc.constant(1769),
  fargate: fc.boolean(),
  spot: fc.boolean(),
  maxTaskVcpu: fc.constantFrom(1, 4, 16),
  maxTasks: fc.constantFrom(1, 20),
  maxRunningVcpu: fc.constant(40),
  maxSeconds: fc.constant(21_600),
  retentionDays: fc.constant(7),
});
const newJob: fc.Arbitrary<Job> = fc
  .record({
    route: fc.constantFrom(lambdaRoute, fargateRoute),
    requestedTarget: fc.constantFrom("auto" as const, "lambda" as const, "fargate" as const),
    maxSeconds: fc.constantFrom(1, 120, 3600, 21_600),
  })
  .map((choice) =>
    sampleJob({ ...choice, dispatch: 1, rev: 1, deadlineAt: start + choice.maxSeconds * 1000 }),
  );

const taskOf = (dispatch: number) => `arn:task/${dispatch}`;

/** The evidence as it would be about this job: about its dispatch and task, or about another one. */
function aboutJob(
  job: Job,
  { evidence: seen, dispatchesBack, strangeTask }: Extract<Happening, { kind: "evidence" }>,
): Evidence {
  const dispatch = job.dispatch - dispatchesBack;
  const taskArn = strangeTask ? "arn:task/strange" : taskOf(dispatch);
  if (seen.kind === "refused" || seen.kind === "dead-letter") return { ...seen, dispatch };
  if (seen.kind === "task") return { ...seen, dispatch, task: named(seen.task, taskArn) };
  // Sweep asks about the job's own task, never about another one.
  if (seen.kind === "due" && seen.task)
    return { ...seen, task: named(seen.task, job.taskArn ?? taskOf(job.dispatch)) };
  return seen;
}

function named(task: TaskObservation, taskArn: string): TaskObservation {
  return task.state === "missing" ? task : { ...task, taskArn };
}

/** What the workers write, each under the guard it writes with. Undefined when the guard fails. */
function workerWrite(
  job: Job,
  kind: "claim" | "beat" | "complete" | "fail" | "launch",
  now: number,
  stage: Settings,
): Job | undefined {
  const { dispatch, route } = job;
  const lease = now + (route.target === "lambda" ? longestWait : timing.lease);
  const reported = (about: Job, evidence: Evidence) => {
    const transition = next(about, evidence, now, stage);
    return transition && written(about, transition.changes);
  };
  switch (kind) {
    case "claim": {
      if (job.status !== "PENDING") return undefined;
      const task = route.target === "fargate" ? { taskArn: taskOf(dispatch) } : {};
      const attempt = { dispatch, target: route.target, engine: "e", startedAt: now, ...task };
      const taken = written(job, claimed(`w${dispatch}`, lease, attempt));
      return { ...taken, attempts: [...job.attempts, attempt] };
    }
    case "launch": {
      if (job.status !== "PENDING" || route.target !== "fargate") return undefined;
      const raised = written(job, launched(dispatch, now));
      const started = { dispatch: dispatch + 1, taskArn: taskOf(dispatch + 1) };
      return reported(raised, { kind: "task-started", ...started });
    }
    case "beat":
      return reported(job, { kind: "beat", leaseUntil: lease, progress: job.progress });
    case "complete":
      return reported(job, { kind: "finished", end: { outputs: {} } });
    case "fail":
      return reported(job, { kind: "finished", end: { error: { code: "singular-matrix", message: "no" } } });
  }
}

function happen(job: Job, what: Happening, now: number, stage: Settings): Job {
  if (what.kind !== "evidence") return workerWrite(job, what.kind, now, stage) ?? job;
  const decision = next(job, aboutJob(job, what), now, stage);
  if (!decision) return job;
  for (const effect of decision.effects) {
    if (effect.kind !== "send") continue;
    // A message carries the number that was just raised for it, and goes where the route says.
    expect(effect.message.dispatch).toBe(decision.changes.dispatch);
    expect(effect.message.dispatch).toBeGreaterThan(job.dispatch);
  }
  const kinds = decision.effects.map(({ kind }) => kind);
  expect(new Set(kinds).size).toBe(kinds.length);
  return written(job, decision.changes);
}

function checkState(job: Job, now: number) {
  const open = job.attempts.filter(({ endedAt }) => endedAt === undefined);
  expect(open).toHaveLength(job.status === "PROCESSING" ? 1 : 0);
  expect(new Set(job.attempts.map(({ dispatch }) => dispatch)).size, "one claim per dispatch").toBe(
    job.attempts.length,
  );
  expect(job.countedAttempts).toBeLessThanOrEqual(limits.sizeUps);
  expect(job.uncountedAttempts).toBeLessThanOrEqual(limits.uncountedAttempts);
  expect(job.spotRefusals ?? 0).toBeLessThanOrEqual(limits.spotRefusals);
  if (job.step === "line") expect(job.lineSince).toBeDefined();
  if (isTerminal(job.status)) {
    // For its announcement.
    expect(job.dueAt).toBeGreaterThan(job.finishedAt ?? Number.NaN);
    expect(job).not.toHaveProperty("lineSince");
    expect(job.finishedAt).toBeDefined();
    expect(job.usd).toBeGreaterThan(0);
  } else {
    expect(job.dueAt).toBeLessThanOrEqual(Math.max(now, job.deadlineAt) + longestWait);
    expect(job).not.toHaveProperty("finishedAt");
  }
}

function checkMove(before: Job, after: Job, what: Happening) {
  expect(after.dispatch).toBeGreaterThanOrEqual(before.dispatch);
  if (!isTerminal(before.status)) {
    expect(after.run).toBe(before.run);
    return;
  }
  if (after === before) return;
  expect(what).toMatchObject({ kind: "evidence", evidence: { kind: "retry" } });
  expect(before.status).not.toBe("COMPLETED");
  expect(after).toMatchObject({ status: "PENDING", run: before.run + 1 });
  expect(after.dispatch).toBeGreaterThan(before.dispatch);
}

describe("any order of late, repeated and foreign evidence", () => {
  const steps = fc.array(
    fc.record({
      what: happening(
        fc.oneof(
          { weight: 5, arbitrary: evidence },
          { weight: 1, arbitrary: waited },
          { weight: 1, arbitrary: asked },
        ),
      ),
      wait: fc.nat(200_000),
    }),
    { maxLength: 60 },
  );

  test("keeps the lifecycle's rules", () => {
    fc.assert(
      fc.property(newJob, settings, steps, (first, stage, schedule) => {
        let job = first;
        let now = start;
        for (const { what, wait } of schedule) {
          now += wait;
          const moved = happen(job, what, now, stage);
          checkMove(job, moved, what);
          checkState(moved, now);
          job = moved;
        }
      }),
      { numRuns: 1500 },
    );
  });

  test("is decided without memory, clock or change: the same input, the same output", () => {
    fc.assert(
      fc.property(newJob, settings, steps, (first, stage, schedule) => {
        let job = first;
        let now = start;
        for (const { what, wait } of schedule) {
          now += wait;
          if (what.kind === "evidence") {
            const frozen = deepFreeze(structuredClone([job, aboutJob(job, what), stage] as const));
            expect(next(frozen[0], frozen[1], now, frozen[2])).toEqual(
              next(frozen[0], frozen[1], now, frozen[2]),
            );
          }
          job = happen(job, what, now, stage);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("every run ends in bounded time", () => {
  // Workers that claim and never finish, and a world that only reports failures: only the clock helps.
  const adversary = fc.infiniteStream(
    fc.oneof(
      {
        weight: 3,
        arbitrary: happening(evidence).filter(
          ({ kind }) => kind !== "complete" && kind !== "fail" && kind !== "beat",
        ),
      },
      { weight: 1, arbitrary: fc.constant<Happening>({ kind: "claim" }) },
    ),
  );

  test("whatever fails, however often", () => {
    fc.assert(
      fc.property(newJob, settings, adversary, (first, stage, failures) => {
        let job = first;
        let now = start;
        let looks = 0;
        while (!isTerminal(job.status)) {
          const due = job.dueAt ?? Number.NaN;
          now = Math.max(now, due);
          const { value: what } = failures.next();
          if (what) job = happen(job, what, now, stage);
          if (isTerminal(job.status)) break;
          const looked = next(job, { kind: "due", queueWaiting: 0 }, now, stage);
          // Sweep never finds a due job that it can do nothing about: it would spin on it for ever.
          if (now >= (job.dueAt ?? Number.NaN)) expect(looked).toBeDefined();
          if (looked) job = written(job, looked.changes);
          if (!isTerminal(job.status)) expect(job.dueAt).toBeGreaterThan(now);
          looks++;
          expect(now).toBeLessThanOrEqual(job.deadlineAt + longestWait);
          // The shortest wait is half of retryBackoff; most attempts and launches wait a minute.
          expect(looks).toBeLessThan(2 * (job.maxSeconds / (timing.retryBackoff / 2000)) + 50);
        }
        expect(job.attempts.length).toBeLessThanOrEqual(limits.sizeUps + limits.uncountedAttempts);
      }),
      { numRuns: 400 },
    );
  });

  test("nothing seen after the deadline keeps a job alive", () => {
    const states = fc.array(happening(evidence), { maxLength: 12 });
    fc.assert(
      fc.property(
        newJob,
        settings,
        states,
        happening(evidence),
        fc.nat(10_000_000),
        (first, stage, way, last, late) => {
          const job = way.reduce((now, what) => happen(now, what, start + 1, stage), first);
          fc.pre(!isTerminal(job.status) && last.kind === "evidence");
          const after = happen(job, last, job.deadlineAt + late, stage);
          expect(after.status).toBe("FAILED");
        },
      ),
      { numRuns: 500 },
    );
  });
});

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    for (const inner of Object.values(value)) deepFreeze(inner);
    Object.freeze(value);
  }
  return value;
}
