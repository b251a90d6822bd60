import { accuracy } from "./accuracy.ts";
import { operationOf } from "./calls.ts";
import { absentRow, type Case, type Row, row } from "./case.ts";
import {
  absFft2,
  absFft2Mean,
  accuracies,
  coldStarts,
  complexFft2,
  jsonCodec,
  large,
  linearAlgebra,
  lines,
  meanSides,
  memories,
  pipelines,
  products,
  twoThreads,
} from "./cases.ts";
import { coldStart } from "./cold-start.ts";
import { engineAbsence, operationAbsence, threadsAbsence } from "./engine-factory.ts";
import { memory } from "./memory.ts";
import { againstNumpy } from "./numpy-rounds.ts";
import { geometricMean } from "./pairing.ts";
import { type Selection, selected } from "./selection.ts";
import { againstOurselves } from "./self-rounds.ts";
import { type Budget, quickBudget, wholeBudget } from "./timing.ts";

type Report = (row: Row) => void;

/** Cases that are measured in the same rounds, and how. */
interface Group {
  readonly cases: readonly Case[];
  measure(cases: readonly Case[], budget: Budget, report: Report): Promise<void>;
}

/** Reports the rows, then the geometric mean if every size of it is there. */
async function withMean(cases: readonly Case[], budget: Budget, report: Report): Promise<void> {
  const ratios = new Map<number | null, number | null>();
  const sizes = cases.filter((one) => one.case !== absFft2Mean.case);
  await againstNumpy(sizes, budget, (one) => {
    ratios.set(one.n, one.ratio);
    report(one);
  });
  if (!cases.includes(absFft2Mean)) return;
  const found = meanSides.map((n) => ratios.get(n)).filter((ratio) => typeof ratio === "number");
  if (found.length < meanSides.length) {
    report(absentRow(absFft2Mean, `it is of the sizes ${meanSides.join(", ")}, and not all were compared`));
    return;
  }
  const figures = { oursMs: null, peer: null, peerMs: null, ratio: geometricMean(found) };
  report(row(absFft2Mean, figures));
}

const groups: readonly Group[] = [
  { cases: [...absFft2, absFft2Mean], measure: withMean },
  { cases: complexFft2, measure: againstNumpy },
  { cases: lines, measure: againstNumpy },
  { cases: pipelines, measure: againstNumpy },
  { cases: products, measure: againstNumpy },
  ...[...twoThreads, ...jsonCodec, ...large, ...linearAlgebra].map(
    (one): Group => ({
      cases: [one],
      measure: (cases, _budget, report) => againstOurselves(cases, report),
    }),
  ),
  { cases: coldStarts, measure: (cases, _budget, report) => coldStart(cases, report) },
  { cases: accuracies, measure: (cases, _budget, report) => accuracy(cases, report) },
  { cases: memories, measure: (cases, _budget, report) => memory(cases, report) },
];

/** Why a case has no figures here, before anything is measured. */
function absence(one: Case): string | undefined {
  if (one.engine === "c") return undefined;
  const operation = operationOf(one.case);
  return (
    engineAbsence(one.engine) ??
    threadsAbsence(one.threads) ??
    (operation === undefined ? undefined : operationAbsence(operation))
  );
}

/** Every case there is, in the table's order. */
export const computeCases: readonly Case[] = groups.flatMap(({ cases }) => cases);

const keyOf = ({ case: name, n, rows, engine, threads }: Case | Row): string =>
  JSON.stringify([name, n, rows, engine, threads]);

/** Measures what can be measured; every other case gets a row that says why not. */
async function measured({ measure }: Group, asked: readonly Case[], budget: Budget, report: Report) {
  const here = asked.filter((one) => absence(one) === undefined);
  const missing = new Map(asked.map((one) => [keyOf(one), one]));
  let failure: unknown;
  try {
    if (here.length > 0)
      await measure(here, budget, (one) => {
        missing.delete(keyOf(one));
        report(one);
      });
  } catch (error) {
    // One failure must not cost the other groups their rows.
    failure = error;
    console.error(error);
    process.exitCode = 1;
  }
  for (const one of missing.values()) {
    report(absentRow(one, absence(one) ?? `the measurement failed: ${firstError(failure)}`));
  }
}

/** The line of a process's last words that says what was wrong. */
const firstError = (failure: unknown): string =>
  /^\w*(Error|Problem)\b.*$/m.exec(String(failure).replace(/^Error: /, ""))?.[0] ?? String(failure);

/** The rows that the selection leaves, each reported when it is known; the exit code is 1 if a measurement failed. */
export async function computeRows(selection: Selection, report: Report): Promise<void> {
  const chosen = selected(computeCases, selection);
  const budget = selection.quick ? quickBudget : wholeBudget;
  for (const group of groups) {
    const asked = group.cases.filter((one) => chosen.includes(one));
    await measured(group, asked, budget, report);
  }
}
