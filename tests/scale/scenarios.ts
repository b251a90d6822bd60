import { limits } from "./simulation/limits.ts";
import type { Scenario } from "./simulation/scenario.ts";
import type { StageSize } from "./simulation/stage.ts";

/** The loads of docs/scale.md, each on the smallest stage that is of interest. */

/** infra/stages.yml, in an account whose quotas are AWS's defaults, its table and bucket new. */
export const asDeployed: StageSize = {
  httpRate: 200,
  httpBurst: 400,
  httpConcurrency: 0,
  workConcurrency: 50,
  gatewayRequests: limits.gatewayRequests.most,
  lambdaConcurrency: limits.lambdaConcurrency.most,
  tableWrites: limits.tableWrites.most,
  s3Partitions: 1,
};

/** Parameters of the stage alone: nothing is asked of AWS. */
export const parametersRaised: StageSize = {
  ...asDeployed,
  httpRate: 10_000,
  httpBurst: 5_000,
  workConcurrency: 500,
};

/** And its table has grown by itself, or was warmed. */
export const tableWarm: StageSize = { ...parametersRaised, tableWrites: 40_000 };

/** All that AWS raises. */
const quotasRaised: StageSize = {
  ...tableWarm,
  httpRate: 40_000,
  httpBurst: 20_000,
  gatewayRequests: 40_000,
  workConcurrency: 1_000,
  lambdaConcurrency: 10_000,
  tableWrites: 200_000,
  s3Partitions: 16,
};

const oneOwner = { owners: 1, seed: 1 };
const manyOwners = { owners: 1_000, seed: 1 };

export const scenarios: readonly Scenario[] = [
  { name: "10 a second, as deployed", perSecond: 10, seconds: 60, ...oneOwner, size: asDeployed },
  { name: "100 a second, as deployed", perSecond: 100, seconds: 60, ...oneOwner, size: asDeployed },
  {
    name: "100 a second with `Prefer: wait`, as deployed",
    ...{ perSecond: 100, seconds: 60, waits: true, ...oneOwner, size: asDeployed },
  },
  { name: "1,000 a second, as deployed", perSecond: 1_000, seconds: 10, ...oneOwner, size: asDeployed },
  {
    name: "1,000 a second, parameters raised",
    ...{ perSecond: 1_000, seconds: 20, ...oneOwner, size: parametersRaised },
  },
  {
    name: "1,000 a second, and the table warm",
    ...{ perSecond: 1_000, seconds: 15, ...oneOwner, size: tableWarm },
  },
  {
    name: "the same with `Prefer: wait`",
    ...{ perSecond: 1_000, seconds: 15, waits: true, ...oneOwner, size: tableWarm },
  },
  {
    name: "as without, with prod's `httpConcurrency` 20",
    ...{ perSecond: 1_000, seconds: 10, ...oneOwner, size: { ...tableWarm, httpConcurrency: 20 } },
  },
  {
    name: "10,000 within a second of 1,000 owners, the table warm",
    ...{ perSecond: 10_000, seconds: 1, ...manyOwners, size: tableWarm },
  },
  {
    name: "10,000 within a second of 1,000 owners, all quotas raised",
    ...{ perSecond: 10_000, seconds: 1, ...manyOwners, size: quotasRaised },
  },
  {
    name: "10,000 within a second of one owner, all quotas raised",
    ...{ perSecond: 10_000, seconds: 1, ...oneOwner, size: quotasRaised },
  },
  {
    name: "a million a day: 41,667 within a minute of each hour, parameters raised",
    ...{ perSecond: 41_667 / 60, seconds: 60, ...oneOwner, size: parametersRaised },
  },
];
