import { startStack } from "../../local/stack-process.ts";
import { type Peer, peersAbsence, startPeer } from "../peers/start.ts";
import { oneBatch } from "./batch.ts";
import { closedLoop, type Slice } from "./closed-loop.ts";
import { asks, type DesignName } from "./designs.ts";
import { absentPathRow, type PathCase, type PathRow, pathRow, type Targets } from "./row.ts";

/**
 * The main path under load, on the local cloud, in a closed loop: our design with and without `Prefer: wait`, and the two
 * it replaces, all started side by side. Each round gives each design its turn, so that what else the machine does
 * meets all of them; ratios are of one round.
 */

export interface PathOptions {
  readonly quick: boolean;
}

interface Load {
  readonly n: number;
  readonly callers: number;
  readonly wait: Targets;
  readonly poll: Targets;
}

const loads: readonly Load[] = [
  { n: 64, callers: 1, wait: { jobsPerSecond: 2.5, p50: 0.4 }, poll: { jobsPerSecond: 1.3 } },
  { n: 64, callers: 10, wait: { jobsPerSecond: 3, p50: 0.4 }, poll: { jobsPerSecond: 1.3 } },
  { n: 64, callers: 50, wait: { jobsPerSecond: 3, p50: 0.4 }, poll: { jobsPerSecond: 1.3 } },
  { n: 256, callers: 10, wait: { jobsPerSecond: 2 }, poll: { jobsPerSecond: 2 } },
];

const peerNames = ["express-sqs", "express-spawn"] as const;
const designs: readonly DesignName[] = ["sluice-wait", "sluice-poll", ...peerNames];

/** V8 compiles what is hot in the first hundred jobs, and Python's worker connects. */
const warmUpSeconds = 5;
const whole = { rounds: 5, seconds: 3 };
const quickly = { rounds: 2, seconds: 1.5 };

const matrix = (n: number): number[][] =>
  Array.from({ length: n }, () => Array.from({ length: n }, () => Math.random()));

interface System {
  readonly url: string;
  readonly pid: number;
}

type Systems = Partial<Record<DesignName, System>>;

const casesOf = ({ n, callers, wait, poll }: Load): PathCase[] => [
  { n, callers, design: "sluice-wait", target: wait },
  { n, callers, design: "sluice-poll", target: poll },
  ...peerNames.map((design) => ({ n, callers, design })),
];

/** The largest difference of two results, over the largest element. */
function difference(one: number[][], other: number[][]): number {
  const largest = Math.max(...one.flat().map(Math.abs));
  const other1d = other.flat();
  return (
    Math.max(...one.flat().map((value, index) => Math.abs(value - (other1d[index] ?? Number.NaN)))) / largest
  );
}

/** Loads every design until it is warm, and sees that all compute the same. */
async function warmUp(systems: Systems): Promise<void> {
  const body = JSON.stringify({ dataMatrix: matrix(64) });
  const results: number[][][] = [];
  for (const design of designs) {
    const system = systems[design];
    if (!system) continue;
    const job = () => asks[design](system.url, body);
    results.push((await job()).result);
    await closedLoop(10, warmUpSeconds, system.pid, job);
  }
  const [ours = [], ...others] = results;
  for (const other of others) {
    const apart = difference(ours, other);
    if (!(apart < 1e-12)) throw new Error(`two designs compute different things: they are ${apart} apart`);
  }
}

async function rounds(systems: Systems, { n, callers }: Load, quick: boolean) {
  const { rounds: count, seconds } = quick ? quickly : whole;
  const body = JSON.stringify({ dataMatrix: matrix(n) });
  const seen: Partial<Record<DesignName, Slice[]>> = {};
  // The first round is for what learns from the load, our waits, and is not counted.
  for (let round = 0; round <= count; round += 1) {
    for (const design of designs) {
      const system = systems[design];
      if (!system) continue;
      const slice = await closedLoop(callers, seconds, system.pid, () => asks[design](system.url, body));
      if (round > 0) seen[design] = [...(seen[design] ?? []), slice];
    }
  }
  return seen;
}

/**
 * A thousand 64×64 jobs in one call, over the queue peer with ten callers, round by round. As JSON such matrices are 80 MB,
 * beyond a request: ours are random ones that are made where they are used; the peer's come with its requests.
 */
export async function batchRows({ quick }: PathOptions, report: (row: PathRow) => void): Promise<void> {
  const one: PathCase = { n: 64, callers: 1, design: "sluice-batch", target: { jobsPerSecond: 8 } };
  const absent = await peersAbsence();
  const stack = await startStack();
  const peer = absent === undefined ? await startPeer("express-sqs") : undefined;
  try {
    const pid = stack.process.pid ?? 0;
    const body = JSON.stringify({ dataMatrix: matrix(64) });
    const [ours, theirs]: [Slice[], Slice[]] = [[], []];
    // The first round warms both up.
    for (let round = 0; round <= (quick ? 1 : 3); round += 1) {
      const slice = await oneBatch(stack.url, pid, 64);
      const other = peer && (await closedLoop(10, 3, peer.pid, () => asks["express-sqs"](peer.url, body)));
      if (round === 0) continue;
      ours.push(slice);
      if (other) theirs.push(other);
    }
    report(pathRow(one, ours, peer && theirs));
    if (absent !== undefined) report(absentPathRow({ n: 64, callers: 10, design: "express-sqs" }, absent));
  } finally {
    await Promise.all([stack.stop(), peer?.stop()]);
  }
}

export async function pathRows({ quick }: PathOptions, tell: (row: PathRow) => void): Promise<void> {
  const { SLUICE_LATENCY: latency } = process.env;
  const report = (row: PathRow): void => tell(latency ? { ...row, latency } : row);
  const absent = await peersAbsence();
  const stack = await startStack();
  const peers: Partial<Record<(typeof peerNames)[number], Peer>> = {};
  try {
    if (absent === undefined) for (const name of peerNames) peers[name] = await startPeer(name);
    const ours = { url: stack.url, pid: stack.process.pid ?? 0 };
    const systems: Systems = { "sluice-wait": ours, "sluice-poll": ours, ...peers };
    await warmUp(systems);
    for (const load of loads) {
      const seen = await rounds(systems, load, quick);
      for (const one of casesOf(load)) {
        const slices = seen[one.design as DesignName];
        if (!slices) report(absentPathRow(one, absent ?? "it was not measured"));
        else report(pathRow(one, slices, one.design.startsWith("sluice") ? seen["express-sqs"] : undefined));
      }
    }
  } finally {
    await Promise.all([stack.stop(), ...Object.values(peers).map((peer) => peer.stop())]);
  }
}
