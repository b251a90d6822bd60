import { quantile } from "../quantile.ts";
import type { Sample, Slice } from "./closed-loop.ts";
import { type DesignName, designWords } from "./designs.ts";

interface Spread {
  readonly p50: number;
  readonly p99: number;
}

/** Bounds on a design's figures over the queue peer's of the same rounds. */
export interface Targets {
  readonly jobsPerSecond: number;
  readonly p50?: number;
}

export interface PathCase {
  readonly n: number;
  readonly callers: number;
  readonly design: DesignName | "sluice-batch";
  readonly target?: Targets;
}

export interface PathRow extends PathCase {
  readonly case: "path";
  /** `aws` when the emulators took as long as AWS does: SLUICE_LATENCY. */
  readonly latency?: string;
  /** Why there are no figures. */
  readonly absent?: string;
  readonly jobs?: number;
  readonly jobsPerSecond?: number;
  /** POST → the answer that names the job. */
  readonly submitMs?: Spread;
  /** POST → the result as numbers. */
  readonly resultMs?: Spread;
  /** CPU of the whole system a job; the callers' is not in it. */
  readonly cpuMs?: number;
  /** Medians: until the claim, from claim to end, and the rest (HTTP, polling, JSON). */
  readonly spentMs?: { readonly queued: number; readonly worker: number; readonly rest: number };
  /** Over the queue peer, medians of the rounds: more jobs a second and a lower p50 are better. */
  readonly ratio?: {
    readonly jobsPerSecond: number;
    readonly quartiles: readonly [number, number];
    readonly p50: number;
  };
  readonly met?: boolean;
}

const rate = ({ samples, seconds }: Slice): number => samples.length / seconds;
const median = (values: readonly number[]): number => quantile(values, 0.5);
const p50 = ({ samples }: Slice): number => median(samples.map(({ resultMs }) => resultMs));

function spread(values: readonly number[]): Spread {
  return { p50: quantile(values, 0.5), p99: quantile(values, 0.99) };
}

const known = (samples: readonly Sample[], pick: (sample: Sample) => number | undefined): number[] =>
  samples.map(pick).filter((value) => value !== undefined);

function ratioOf(rounds: readonly Slice[], peer: readonly Slice[]): NonNullable<PathRow["ratio"]> {
  const over = (figure: (slice: Slice) => number): number[] =>
    rounds.map((slice, round) => figure(slice) / figure(peer[round] ?? slice));
  const rates = over(rate);
  return {
    jobsPerSecond: median(rates),
    quartiles: [quantile(rates, 0.25), quantile(rates, 0.75)],
    p50: median(over(p50)),
  };
}

/** The row of a design from its rounds, and from those of the peer it is compared with. */
export function pathRow(one: PathCase, rounds: readonly Slice[], peer?: readonly Slice[]): PathRow {
  const samples = rounds.flatMap((slice) => slice.samples);
  const submits = known(samples, ({ submitMs }) => submitMs);
  const queued = known(samples, ({ queuedMs }) => queuedMs);
  const worker = known(samples, ({ workerMs }) => workerMs);
  const results = spread(samples.map(({ resultMs }) => resultMs));
  const cpu = rounds.flatMap((slice) => slice.cpuMs ?? []);
  const ratio = peer && ratioOf(rounds, peer);
  const { target } = one;
  const met =
    target && ratio
      ? ratio.jobsPerSecond >= target.jobsPerSecond && ratio.p50 <= (target.p50 ?? Number.POSITIVE_INFINITY)
      : undefined;
  return {
    case: "path",
    ...one,
    jobs: samples.length,
    jobsPerSecond: samples.length / rounds.reduce((sum, { seconds }) => sum + seconds, 0),
    ...(submits.length > 0 && { submitMs: spread(submits) }),
    resultMs: results,
    ...(cpu.length > 0 && { cpuMs: median(cpu) }),
    ...(queued.length > 0 && {
      spentMs: {
        queued: median(queued),
        worker: median(worker),
        rest: results.p50 - median(queued) - median(worker),
      },
    }),
    ...(ratio && { ratio }),
    ...(met !== undefined && { met }),
  };
}

export const absentPathRow = (one: PathCase, absent: string): PathRow => ({ case: "path", ...one, absent });

const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
const spreadWords = (what: string, value: Spread | undefined) =>
  value && `${what} p50 ${ms(value.p50)} p99 ${ms(value.p99)}`;

/** A row in words. */
export function pathWords(row: PathRow): string {
  const { n, callers, design, absent, target, ratio, spentMs, met } = row;
  const name = design === "sluice-batch" ? "Sluice, one batch of 1,000" : designWords[design];
  const title = `path${row.latency === undefined ? "" : ` with the latency of ${row.latency}`} ${n}×${n}, ${callers} ${callers === 1 ? "caller" : "callers"}, ${name}`;
  if (absent !== undefined) return `${title}: absent, ${absent}`;
  const parts = [
    row.jobsPerSecond && `${row.jobsPerSecond.toFixed(1)} jobs/s`,
    spreadWords("submit", row.submitMs),
    spreadWords("result", row.resultMs),
    spentMs && `of it queued ${ms(spentMs.queued)}, worker ${ms(spentMs.worker)}, rest ${ms(spentMs.rest)}`,
    row.cpuMs && `CPU ${ms(row.cpuMs)} a job`,
    ratio &&
      `over Express + SQS ${ratio.jobsPerSecond.toFixed(2)} × its jobs/s (${ratio.quartiles.map((value) => value.toFixed(2)).join("–")})${design === "sluice-batch" ? "" : `, p50 ${ratio.p50.toFixed(2)} × its`}`,
    target &&
      met !== undefined &&
      `target ≥ ${target.jobsPerSecond} ×${target.p50 === undefined ? "" : `, p50 ≤ ${target.p50} ×`}: ${met ? "met" : "missed"}`,
  ];
  return `${title}: ${parts.filter(Boolean).join("; ")}`;
}
