import { readFileSync } from "node:fs";
import { markdownTable, usd } from "../../scripts/costs/text.ts";
import { type Cap, limits } from "./simulation/limits.ts";
import type { Outcome, Scenario } from "./simulation/scenario.ts";

/** docs/scale.md from page.md and the outcomes of the scenarios. */

type Run = readonly [Scenario, Outcome];

const secondsInADay = 86_400;
const whole = (amount: number) => Math.round(amount).toLocaleString("en-US");

/** A cap in the words of a reader. */
const caps: Readonly<Record<Cap, string>> = {
  httpRate: "`httpRate`",
  httpConcurrency: "`httpConcurrency`",
  workConcurrency: "`workConcurrency`",
  gatewayRequests: "the account's HTTP API requests",
  lambdaConcurrency: "functions at once",
  lambdaRequests: "invocations a second",
  lambdaScaling: "new environments in 10 s",
  eventSource: "the event source's 5 more functions a second",
  sqsInFlight: "messages in flight",
  partitionWrites: "write units of one index partition",
  tableWrites: "write units of the new table",
  s3Puts: "S3 PUTs of one partition",
  s3Gets: "S3 GETs of one partition",
  putEvents: "PutEvents",
};

function refusedText({ refused }: Outcome): string {
  const parts = Object.entries(refused).map(([status, count]) => `${whole(count)} × ${status}`);
  return parts.length === 0 ? "none" : parts.join(", ");
}

function outcomesTable(runs: readonly Run[]): string {
  return markdownTable(
    [
      "load",
      "accepted of offered",
      "requests refused",
      "submit to end, p50 and p99",
      "most messages waiting",
      "after the last submit",
      "event after the end, p99",
      "limits met, and when",
    ],
    runs.map(([{ name }, outcome]) => [
      name,
      `${whole(outcome.accepted)} of ${whole(outcome.offered)}`,
      refusedText(outcome),
      `${outcome.p50.toFixed(2)} s, ${outcome.p99.toFixed(1)} s`,
      whole(outcome.backlog),
      outcome.drained === undefined ? "not done in 30 min" : `${outcome.drained.toFixed(0)} s`,
      `${outcome.announcedP99.toFixed(1)} s`,
      outcome.hits.map(({ cap, second }) => `${caps[cap]} at ${second.toFixed(1)} s`).join("; ") || "none",
    ]),
  );
}

/** Write units of the busiest of some partitions. */
function busiest({ unitsPerJob }: Outcome, partitions: RegExp): number {
  return Math.max(...Object.entries(unitsPerJob).map(([name, units]) => (partitions.test(name) ? units : 0)));
}

function ceilingsTable(outcome: Outcome): string {
  const { unitsPerJob, functionSeconds } = outcome;
  const units = (most: number, of: number) => [of.toFixed(2), whole(most / of)];
  const partition = limits.partitionWrites.most;
  return markdownTable(
    ["limit", "of it one job takes", "reached at jobs a second"],
    [
      ["`httpRate` 200 a second: a submit and one look", ...units(200, 2)],
      [
        "DynamoDB, a new table: 4,000 write units a second",
        ...units(limits.tableWrites.most, unitsPerJob.table ?? 0),
      ],
      [
        "DynamoDB, its index `byDue` while new: 4,000",
        ...units(limits.tableWrites.most, unitsPerJob.byDue ?? 0),
      ],
      ["DynamoDB, one owner's partition of `byOwner`: 1,000", ...units(partition, unitsPerJob.byOwner ?? 0)],
      [
        "DynamoDB, the busiest of 8 partitions of live jobs in `byDue`: 1,000",
        ...units(partition, busiest(outcome, /^byDue \d/)),
      ],
      [
        "DynamoDB, the busiest of 4 partitions of ended jobs in `byDue`: 1,000",
        ...units(partition, busiest(outcome, /^byDue end/)),
      ],
      [
        "functions at once: 1,000, in seconds of functions",
        ...units(limits.lambdaConcurrency.most, functionSeconds),
      ],
      ["S3, a new bucket: 3,500 PUTs a second", ...units(limits.s3Puts.most, 2)],
      ["S3, a new bucket: 5,500 GETs a second", ...units(limits.s3Gets.most, 1)],
      ["HTTP API, all of the account's: 10,000 a second", ...units(limits.gatewayRequests.most, 2)],
      ["EventBridge: 10,000 PutEvents a second", ...units(limits.putEvents.most, 1)],
    ],
  );
}

function dollars(runs: readonly Run[]): string {
  const one = runs[0]?.[1].usd;
  if (one === undefined) throw new Error("expected at least one scenario");
  const day = (jobs: number) => `${usd(jobs * one)} a day`;
  const loads = [10, 100, 1_000, 10_000].map(
    (rate) => `${whole(rate)} a second ${day(rate * secondsInADay)}`,
  );
  return `A job of this size is ${usd(1_000 * one)} per 1,000 by its own estimate ([costs](costs.md)): ${loads.join(", ")} without a pause, a million ${day(1e6)}.`;
}

function limitsTable(): string {
  return markdownTable(
    ["limit", "most", "AWS raises it", "source"],
    Object.values(limits).map(({ what, most, unit, raised, source }) => [
      what,
      `${whole(most)} ${unit}`,
      raised,
      source,
    ]),
  );
}

export function page(runs: readonly Run[]): string {
  const hundred = runs.find(([{ perSecond }]) => perSecond === 100);
  if (!hundred) throw new Error("expected a scenario of 100 a second");
  const sections: Readonly<Record<string, string>> = {
    outcomes: `${outcomesTable(runs)}\n\n${dollars(runs)}`,
    ceilings: ceilingsTable(hundred[1]),
    limits: limitsTable(),
  };
  const template = readFileSync(new URL("page.md", import.meta.url), "utf8");
  return template.replace(/<!-- (\S+) -->/g, (mark, name) => {
    const section = sections[name];
    if (section === undefined) throw new Error(`tests/scale/page.md: nothing is called ${mark}`);
    return section;
  });
}
