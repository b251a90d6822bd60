import { quantile } from "../quantile.ts";
import { absentRow, type Case, type Figures, type Row, row } from "./case.ts";
import { agrees, difference } from "./digest.ts";
import { kernelOf } from "./engine-factory.ts";
import type { Answer, Request } from "./ours.ts";
import { paired } from "./pairing.ts";
import { openPeaks, type Peaks } from "./peaks.ts";
import { type Peer, peer } from "./peer.ts";
import { node, parsedLines, python } from "./processes.ts";
import type { Budget } from "./timing.ts";

/**
 * Ours against NumPy. A round runs NumPy, each of our engines and NumPy again, each in a process of its own that
 * does all the cases; a ratio is of neighbours in one round.
 */
export const rounds = 5;

interface Seen {
  readonly one: Case;
  readonly mine: Answer[];
  readonly before: Answer[];
  readonly after: Answer[];
}

async function ask(run: (request: string) => Promise<string>, cases: readonly Case[], budget: Budget) {
  const request: Request = { cases, budget };
  return parsedLines<Answer>(await run(JSON.stringify(request)));
}

/** One case of each name and size: NumPy knows no engines. */
function distinct(seen: readonly Seen[]): Case[] {
  return [...new Map(seen.map(({ one }) => [keyOf(one), one])).values()];
}

const keyOf = ({ case: name, n, rows }: Case): string => `${name} ${rows} ${n}`;

/** One round of the cases of one number of threads. */
async function round(seen: readonly Seen[], threads: number, budget: Budget, numpy: boolean): Promise<void> {
  const asked = distinct(seen);
  const others = numpy
    ? async () => {
        const answers = await ask((request) => python("peer.py", request, threads), asked, budget);
        return new Map(asked.map((one, index) => [keyOf(one), answers[index] as Answer]));
      }
    : async () => new Map<string, Answer>();
  const before = await others();
  for (const engine of new Set(seen.map(({ one }) => one.engine))) {
    const theirs = seen.filter(({ one }) => one.engine === engine);
    const cases = theirs.map(({ one }) => one);
    const answers = await ask((request) => node("ours.ts", request), cases, budget);
    for (const [index, { mine }] of theirs.entries()) mine.push(answers[index] as Answer);
  }
  const after = await others();
  for (const one of seen) {
    const key = keyOf(one.one);
    one.before.push(...[before.get(key)].filter((answer) => answer !== undefined));
    one.after.push(...[after.get(key)].filter((answer) => answer !== undefined));
  }
}

function compared({ mine, before, after }: Seen, numpy: Peer): Figures {
  if ("absent" in numpy) {
    const oursMs = quantile(
      mine.map(({ ms }) => ms),
      0.5,
    );
    return { oursMs, peer: null, peerMs: null, ratio: null, note: `no comparison: ${numpy.absent}` };
  }
  const pairs = mine.map(({ ms }, index) => ({
    before: before[index]?.ms ?? Number.NaN,
    mine: ms,
    after: after[index]?.ms ?? Number.NaN,
  }));
  const apart = mine.map((answer, index) => difference(answer, before[index] as Answer));
  return { ...paired(pairs), peer: numpy.name, difference: Math.max(...apart) };
}

/** The best quartile of all calls, as peaks are measured. */
const quickMs = ({ mine }: Seen): number =>
  quantile(
    mine.map((answer) => answer.quickMs),
    0.25,
  );

function speedOf(seen: Seen, all: readonly Seen[], peaks: Peaks): Partial<Figures> {
  const { case: name, n, engine, threads } = seen.one;
  if (!name.startsWith("matmul") || n === null) return {};
  const gflops = (2 * n ** 3) / quickMs(seen) / 1e6;
  if (name === "matmul-f32") {
    const double = all.find(({ one }) => one.case === "matmul" && one.n === n && one.engine === engine);
    return { gflops, ...(double && { overFloat64: quickMs(double) / quickMs(seen) }) };
  }
  const peakBits = engine === "native" ? 256 : 128;
  const peak = peaks.of(peakBits);
  return peak === undefined || threads > 1 ? { gflops } : { gflops, peakBits, peakShare: gflops / peak };
}

/** Rows of cases whose call NumPy knows too. */
export async function againstNumpy(
  cases: readonly Case[],
  budget: Budget,
  report: (row: Row) => void,
): Promise<void> {
  const numpy = await peer();
  const [peakCases, calls] = [
    cases.filter((one) => one.case === "peak-fma"),
    cases.filter((one) => one.case !== "peak-fma"),
  ];
  const seen = calls.map((one): Seen => ({ one, mine: [], before: [], after: [] }));
  const peaks = await openPeaks();
  try {
    const measuresPeaks = cases.some((one) => /^(matmul|peak)/.test(one.case));
    for (let index = 0; index < rounds; index += 1) {
      if (measuresPeaks) await peaks.sample();
      for (const threads of new Set(calls.map((one) => one.threads))) {
        const theirs = seen.filter(({ one }) => one.threads === threads);
        await round(theirs, threads, budget, "name" in numpy);
      }
    }
    for (const one of peakCases) report(peakRow(one, peaks));
    for (const one of seen) {
      report(rowOf(one, { ...compared(one, numpy), ...speedOf(one, seen, peaks) }));
    }
  } finally {
    await peaks.close();
  }
}

/** The time of a wrong result is of no interest. */
function rowOf({ one }: Seen, figures: Figures): Row {
  const { difference: apart } = figures;
  if (apart === undefined || agrees(one.case, apart)) return row(one, figures, kernelOf(one.engine));
  return absentRow(one, `its result differs from ${figures.peer}'s by ${apart}`);
}

function peakRow(one: Case, peaks: Peaks): Row {
  const gflops = peaks.of(one.n ?? 0);
  if (gflops === undefined) return absentRow(one, peaks.absent ?? "it was not measured");
  return row(one, { oursMs: null, peer: null, peerMs: null, ratio: null, gflops });
}
