import { table } from "../../../scripts/table.ts";
import type { Fault } from "./adversary.ts";
import type { SeedResult } from "./run-seed.ts";
import type { Violation } from "./watch.ts";

/** What a run of seeds did and found, added up. */
export class Tally {
  seeds = 0;
  jobs = 0;
  violations = 0;
  milliseconds = 0;
  readonly faults = new Map<Fault, number>();
  readonly outcomes = new Map<string, { jobs: number; attempts: number[] }>();

  add({ stage, milliseconds }: SeedResult): void {
    this.seeds++;
    this.milliseconds += milliseconds;
    this.violations += stage.watch.violations.length;
    for (const [fault, count] of stage.adversary.counts) {
      this.faults.set(fault, (this.faults.get(fault) ?? 0) + count);
    }
    for (const { status, error, attempts } of stage.table.items.values()) {
      this.jobs++;
      const name = error ? `${status} ${error.code}` : status;
      const outcome = this.outcomes.get(name) ?? { jobs: 0, attempts: [0, 0, 0, 0, 0, 0] };
      outcome.jobs++;
      const column = Math.min(attempts.length, outcome.attempts.length - 1);
      outcome.attempts[column] = (outcome.attempts[column] ?? 0) + 1;
      this.outcomes.set(name, outcome);
    }
  }

  toString(): string {
    const faults = [...this.faults].sort(([, one], [, other]) => other - one);
    const outcomes = [...this.outcomes].sort(([, one], [, other]) => other.jobs - one.jobs);
    return [
      table(
        ["fault injected", "times"],
        faults.map(([fault, count]) => [fault, String(count)]),
      ),
      table(
        ["outcome", "jobs", "0 attempts", "1", "2", "3", "4", "5 or more"],
        outcomes.map(([name, { jobs, attempts }]) => [name, String(jobs), ...attempts.map(String)]),
      ),
      `${this.seeds} seeds, ${this.jobs} jobs, ${this.violations} violations, ${(this.milliseconds / 1000).toFixed(1)} s`,
    ].join("\n\n");
  }
}

/** Everything about the first violations of a seed that tells how they came to be, and how to see them again. */
export function explain({ seed, stage }: SeedResult, jobs: number): string {
  const parts = stage.watch.violations.map((violation) => explainOne(violation, stage));
  const replay = `npm run test:faults -- --seed ${seed} --jobs ${jobs}`;
  return [`seed ${seed}: ${stage.watch.violations.length} violations`, ...parts, `replay: ${replay}`].join(
    "\n\n",
  );
}

/** What led to it, and what followed: a job may have hundreds of lines. */
const linesBefore = 60;
const linesAfter = 15;

function explainOne({ invariant, jobId, detail, at }: Violation, stage: SeedResult["stage"]): string {
  const head = `✗ ${invariant}\n  at ${clockTime(at)}: ${detail}`;
  if (jobId === undefined) return head;
  const injected = (stage.adversary.journal.get(jobId) ?? []).map(
    ({ at, fault, detail }) => [at, `  ${clockTime(at)} FAULT ${fault} ${detail}`] as const,
  );
  const logged = stage.log.lines
    .filter(({ fields }) => fields.jobId === jobId)
    .map(({ at, machine, message, fields }) => {
      const { jobId: _, error, ...rest } = fields;
      const why = error instanceof Error ? ` ${error.name}: ${error.message}` : "";
      return [at, `  ${clockTime(at)} [${machine}] ${message} ${JSON.stringify(rest)}${why}`] as const;
    });
  const history = [...injected, ...logged].sort(([one], [other]) => one - other);
  const before = history.filter((line) => line[0] <= at).slice(-linesBefore);
  const after = history.filter((line) => line[0] > at).slice(0, linesAfter);
  const { kind, seconds, needsMiB } = stage.script(jobId);
  return [
    head,
    `  job ${jobId}: ${kind}, ${seconds} s, needs ${needsMiB} MiB`,
    ...before.map(([, line]) => line),
    "  ---",
    ...after.map(([, line]) => line),
    `  record: ${JSON.stringify(stage.table.items.get(jobId))}`,
  ].join("\n");
}

function clockTime(at: number): string {
  return new Date(at).toISOString().slice(11, 23);
}
