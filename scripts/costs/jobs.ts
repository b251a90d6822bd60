import { type Plan, plan } from "@sluice/compute";
import type { Target } from "@sluice/contract/job";
import { jobBill } from "../../jobs/cost/bill.ts";
import { type BillItem, totalUsd } from "../../jobs/cost/bill-items.ts";
import { expressRoute } from "../../jobs/cost/express-route.ts";
import { filesBytes, inputsInRecord, outputsInRecord } from "../../jobs/cost/place.ts";
import { prices } from "../../jobs/cost/prices.ts";
import { route } from "../../jobs/cost/route.ts";
import type { Settings } from "../../jobs/settings.ts";
import { type Basis, markdownTable, usd } from "./text.ts";

/** Dollars per 1,000 jobs of four sizes, of the default operation, as the product itself plans and routes them. */

/** The arrays of the tiny one lie in its record. */
const sizes = { tiny: 16, small: 64, mid: 2048, large: 8192 } as const;
type Size = keyof typeof sizes;

const rows: Readonly<Record<BillItem, { readonly name: string; readonly basis: Basis }>> = {
  machine: {
    name: "the machine, while it computes (Fargate: from image pull, a minute at least)",
    basis: "assumed",
  },
  functions: {
    name: "functions around it: requests, and GiB-seconds with 1 % cold starts",
    basis: "assumed",
  },
  httpApi: { name: "HTTP API: one POST, one GET", basis: "assumed" },
  sqs: { name: "SQS: send, receive, delete", basis: "measured" },
  s3: { name: "S3: PUT and GET, of large arrays in parts of 16 and 8 MiB", basis: "measured" },
  dynamodb: { name: "DynamoDB: write units with their indexes, reads, beats", basis: "measured" },
  logs: { name: "log lines, ours and Lambda's", basis: "assumed" },
  events: { name: "EventBridge: one event when it ends", basis: "measured" },
  traces: { name: "X-Ray: one trace", basis: "assumed" },
};

export interface PricedJob {
  readonly n: number;
  readonly target: string;
  readonly seconds: number;
  readonly memoryMiB: number;
  readonly vcpu: number;
  readonly usd: number;
  /** Of input and result, kept in S3 and in the table. */
  readonly kept: { readonly s3: number; readonly table: number };
  readonly outputBytes: number;
  readonly bill: ReturnType<typeof jobBill>;
}

export function pricedJobs(settings: Settings): Record<Size, PricedJob> {
  const priced = (n: number): PricedJob => {
    const planned = plan("spectral-projection", {}, { a: { shape: [n, n], dtype: "float64" } });
    const { target, memoryMiB, vcpu, estimate } = route(planned, "auto", settings);
    const bill = jobBill(planned, [{ target, memoryMiB, vcpu, seconds: estimate.seconds }]);
    if (Math.abs(totalUsd(bill) - estimate.usd) > 1e-6 * estimate.usd) {
      throw new Error(
        `expected the bill of ${n}×${n} to be estimate.usd ${estimate.usd}, got ${totalUsd(bill)}`,
      );
    }
    const bytes = 8 * n * n;
    return {
      n,
      target,
      memoryMiB,
      vcpu,
      seconds: estimate.seconds,
      usd: estimate.usd,
      kept: kept(planned, target),
      outputBytes: bytes,
      bill,
    };
  };
  return {
    tiny: priced(sizes.tiny),
    small: priced(sizes.small),
    mid: priced(sizes.mid),
    large: priced(sizes.large),
  };
}

function kept({ inputs, outputs }: Plan, target: Target): PricedJob["kept"] {
  const [sent, made] = [filesBytes(inputs), filesBytes(outputs)];
  // A COMPLETED job's record is without its inputs.
  const s3 = (inputsInRecord(sent, target) ? 0 : sent) + (outputsInRecord(made) ? 0 : made);
  return { s3, table: outputsInRecord(made) ? made : 0 };
}

export function jobsSection(jobs: Record<Size, PricedJob>, storedDays: number): string {
  const all = Object.values(jobs);
  const per1000 = (of: (job: PricedJob) => number) => all.map((job) => usd(1000 * of(job)));
  const months = storedDays / 30;
  const tableUsd = prices.dynamoGBMonth.usd + prices.dynamoRecoveryGBMonth.usd;
  const stored = ({ s3, table }: PricedJob["kept"]) =>
    ((s3 * prices.s3GBMonth.usd + table * tableUsd) / 1e9) * months;
  const items = Object.entries(rows) as [BillItem, (typeof rows)[BillItem]][];
  return markdownTable(
    ["dollars per 1,000 jobs", "how much is", ...all.map(({ n }) => `${n}×${n}`)],
    [
      [
        "runs on",
        "",
        ...all.map(({ target, vcpu, memoryMiB }) => `${target}, ${vcpu} vCPU, ${memoryMiB} MiB`),
      ],
      ["predicted", "measured, on x86", ...all.map(({ seconds }) => `${seconds.toPrecision(2)} s`)],
      ...items.map(([item, { name, basis }]) => [name, basis, ...per1000(({ bill }) => bill[item] ?? 0)]),
      [
        "**together: the job's `estimate.usd`**",
        "assumed",
        ...per1000((job) => job.usd).map((text) => `**${text}**`),
      ],
      [`input and result kept ${storedDays} days`, "measured", ...per1000((job) => stored(job.kept))],
      [
        "results downloaded by callers outside AWS",
        "measured",
        ...per1000(({ outputBytes }) => (outputBytes / 1e9) * prices.transferOutGB.usd),
      ],
    ],
  );
}

/** What a job costs that submit computes itself, beside the same one behind the queue. */
export function expressSection(settings: Settings): string {
  return [sizes.tiny, sizes.small].map((n) => expressSentence(n, settings)).join(" ");
}

function expressSentence(n: number, settings: Settings): string {
  const planned = plan("spectral-projection", {}, { a: { shape: [n, n], dtype: "float64" } });
  const queued = route(planned, "auto", settings);
  const atOnce = expressRoute(planned, queued, settings);
  if (!atOnce) throw new Error(`expected ${n}×${n} to be answered at once`);
  const [express, behind] = [atOnce, queued].map(({ estimate }) => usd(1000 * estimate.usd));
  const share = Math.round((100 * atOnce.estimate.usd) / queued.estimate.usd);
  return `A ${n}×${n} job whose caller waits is answered at once: ${express} per 1,000 instead of ${behind}, ${share} % (assumed).`;
}
