import { type Bill, callsBill, invocationBill } from "../../jobs/cost/bill-items.ts";
import { assumedSeconds, counted, loggedBytes, platformLogBytes } from "../../jobs/cost/calls-per-job.ts";
import { prices } from "../../jobs/cost/prices.ts";
import type { StageParameters } from "./stages.ts";
import { type Basis, count, markdownTable, usd } from "./text.ts";

/** What a stage costs in a month of 30 days in which nobody submits anything. */

const minutes = 30 * 24 * 60;
/**
 * An event source mapping keeps five long polls of 20 s open while it is enabled, and each is a request: AWS's blog,
 * "AWS Lambda adds Amazon SQS to supported event sources".
 */
const polls = (5 * minutes * 60) / 20;
/** infra/alarms.yml and infra/dashboard.yml, where the stage has them. */
const watched = { metrics: 8, keys: 1, dashboards: 1 } as const;
/** Metric series of a stage at work, and those that are written though nothing happens: sweep's zero (functions/sweep.ts). */
const series = { most: 10, idle: 1 } as const;

interface Row {
  readonly what: string;
  readonly much: string;
  readonly basis: Basis;
  readonly usd: number;
}

function sweepRows(): Row[] {
  const pass: Bill = invocationBill("idleSweep", "http");
  const { sqs = 0, dynamodb = 0 } = callsBill(counted.idleSweep);
  const queries = counted.idleSweep.calls.filter((call) => call === "dynamodb.Query").length;
  return [
    {
      what: "sweep: the function, once a minute",
      much: `${count(minutes)} invocations of ${assumedSeconds.idleSweep} s and 1 GiB`,
      basis: "assumed",
      usd: minutes * (pass.functions ?? 0),
    },
    {
      what: "sweep: its reads of the table",
      much: `${queries} queries and a read each time: ${count((minutes * dynamodb) / prices.dynamoReadUnit.usd)} read units`,
      basis: "measured",
      usd: minutes * dynamodb,
    },
    {
      what: "sweep: its look at the dead letters",
      much: `${count((minutes * sqs) / prices.sqsRequest.usd)} requests`,
      basis: "measured",
      usd: minutes * sqs,
    },
    {
      what: "sweep: its log, Lambda's own lines",
      much: `${count((minutes * (loggedBytes.idleSweep + platformLogBytes)) / 1e6)} MB`,
      basis: "assumed",
      usd: minutes * (pass.logs ?? 0),
    },
    {
      what: "the queue's event source: 5 long polls of 20 s",
      much: `${count(polls)} requests`,
      basis: "sourced",
      usd: polls * prices.sqsRequest.usd,
    },
  ];
}

function watchingRows(stage: StageParameters): Row[] {
  if (stage.text("alarms") !== "on") return [];
  return [
    {
      what: "alarms",
      much: `6 on ${watched.metrics} metrics`,
      basis: "measured",
      usd: watched.metrics * prices.alarmMonth.usd,
    },
    {
      what: "the key of the alarms' topic",
      much: `${watched.keys}`,
      basis: "measured",
      usd: watched.keys * prices.keyMonth.usd,
    },
    {
      what: "dashboard (the first three of an account are free)",
      much: `${watched.dashboards}`,
      basis: "measured",
      usd: watched.dashboards * prices.dashboardMonth.usd,
    },
    {
      what: "metric series",
      much: `${series.idle} while nothing runs`,
      basis: "measured",
      usd: series.idle * prices.metricMonth.usd,
    },
  ];
}

export function idleSection(stages: Readonly<Record<string, StageParameters>>): string {
  const names = Object.keys(stages);
  const perStage = Object.values(stages).map((stage) => [...sweepRows(), ...watchingRows(stage)]);
  const all = new Map(perStage.flat().map((row) => [row.what, row]));
  const rows = [...all.values()].map(({ what, much, basis }) => [
    what,
    much,
    basis,
    ...perStage.map((stage) => usd(stage.find((row) => row.what === what)?.usd ?? 0)),
  ]);
  const totals = perStage.map((stage) => `**${usd(stage.reduce((sum, row) => sum + row.usd, 0))}**`);
  const free =
    "ECS's cluster and API, EventBridge's schedule and ECS's events, VPC, gateway endpoints, S3-managed keys (no KMS)";
  return [
    markdownTable(
      ["while nothing runs, a month", "how many", "how many is", ...names],
      [
        ...rows,
        [`${free}; no address, no NAT`, "", "sourced", ...names.map(() => "0")],
        ["**together**", "", "assumed", ...totals],
      ],
    ),
    "",
    `A metric series is billed for the hours in which it is written: a stage at work day and night has at most ${series.most}, ${usd(series.most * prices.metricMonth.usd)} a month.`,
    "",
    markdownTable(
      ["what is kept, per GB and month", "$", "for how long"],
      [
        ["inputs and results in S3", usd(prices.s3GBMonth.usd), "`retentionDays` + 1"],
        [
          "records in DynamoDB, with point-in-time recovery",
          usd(prices.dynamoGBMonth.usd + prices.dynamoRecoveryGBMonth.usd),
          "`retentionDays`, about 1.3 KB each",
        ],
        ["images in ECR, compressed", usd(prices.ecrGBMonth.usd), "the last 10"],
        ["code of the functions in S3", usd(prices.s3GBMonth.usd), "the last 5 deploys"],
        ["logs", usd(prices.logGBMonth.usd), "`logRetentionDays`"],
      ],
    ),
  ].join("\n");
}
