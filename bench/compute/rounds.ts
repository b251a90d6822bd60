import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { engine } from "@sluice/compute";
import { quantile } from "../quantile.ts";
import { type ComputeCase, computeCases, type Timing } from "./cases.ts";

/**
 * Ours against NumPy, one thread each. A round runs NumPy, ours and NumPy again, each in a process of its own;
 * a ratio is of two neighbours in one round, so that a shared machine's moods hit both. Fixed: 5 rounds.
 */
export interface ComputeResult extends ComputeCase {
  readonly engine: string;
  readonly threads: 1;
  readonly oursMs: number;
  readonly peer: string | null;
  readonly peerMs: number | null;
  /** Median of the rounds' ours/peer: below 1 is faster than NumPy. */
  readonly ratio: number | null;
  readonly quartiles: readonly [number, number] | null;
  /** NumPy against itself left 0.9–1.1: the machine was busy. */
  readonly noisy: boolean;
  /** The largest difference of the two results, over the largest sample or the mean magnitude. */
  readonly difference: number | null;
}

const rounds = 5;
const run = promisify(execFile);
const folder = import.meta.dirname;
/**
 * glibc otherwise gives every large array back to the system, and a page of fresh memory costs up to 13 µs on a
 * virtual machine: more than the arithmetic. `work` runs with the same variables; both sides gain.
 */
const keepMemory = { MALLOC_MMAP_THRESHOLD_: "134217728", MALLOC_TRIM_THRESHOLD_: "536870912" };
const oneThread = { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };

const lines = (text: string): Timing[] =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Timing);

async function ours(): Promise<Timing[]> {
  return lines(
    (await run(process.execPath, [path.join(folder, "ours.ts")], { env: { ...process.env, ...keepMemory } }))
      .stdout,
  );
}

async function python(argument: string): Promise<string> {
  const env = { ...process.env, ...keepMemory, ...oneThread };
  return (await run("python3", [path.join(folder, "peer.py"), argument], { env })).stdout;
}

/** Undefined where python3 or NumPy is missing. */
async function peerName(): Promise<string | undefined> {
  return python("--version").then(
    (text) => text.trim(),
    () => undefined,
  );
}

function difference(one: Timing, other: Timing): number {
  const scale = Math.max(...other.samples.map(Math.abs), Number.MIN_VALUE);
  const samples = one.samples.map((value, index) => Math.abs(value - (other.samples[index] ?? Number.NaN)));
  return Math.max(Math.max(...samples) / scale, Math.abs(one.sum - other.sum) / other.sum);
}

export async function computeResults(report: (result: ComputeResult) => void): Promise<void> {
  const peer = await peerName();
  const seen = computeCases.map(() => ({
    ours: [] as Timing[],
    before: [] as Timing[],
    after: [] as Timing[],
  }));
  for (let round = 0; round < rounds; round++) {
    const before = peer ? lines(await python(JSON.stringify(computeCases))) : [];
    const mine = await ours();
    const after = peer ? lines(await python(JSON.stringify(computeCases))) : [];
    for (const [index, one] of seen.entries()) {
      one.ours.push(mine[index] as Timing);
      if (!peer) continue;
      one.before.push(before[index] as Timing);
      one.after.push(after[index] as Timing);
    }
  }
  for (const [index, { ours: mine, before, after }] of seen.entries()) {
    const { case: name, n } = computeCases[index] as ComputeCase;
    const about = { case: name, n, engine: `${engine.name} ${engine.kernel}`, threads: 1 } as const;
    const oursMs = quantile(
      mine.map(({ ms }) => ms),
      0.5,
    );
    if (!peer) {
      report({
        ...about,
        oursMs,
        peer: null,
        peerMs: null,
        ratio: null,
        quartiles: null,
        noisy: false,
        difference: null,
      });
      continue;
    }
    const peerMs = before.map(({ ms }, round) => (ms + (after[round]?.ms ?? Number.NaN)) / 2);
    const ratios = mine.map(({ ms }, round) => ms / (peerMs[round] ?? Number.NaN));
    const control = quantile(
      before.map(({ ms }, round) => ms / (after[round]?.ms ?? Number.NaN)),
      0.5,
    );
    report({
      ...about,
      oursMs,
      peer,
      peerMs: quantile(peerMs, 0.5),
      ratio: quantile(ratios, 0.5),
      quartiles: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
      noisy: control < 0.9 || control > 1.1,
      difference: difference(mine[0] as Timing, before[0] as Timing),
    });
  }
}
