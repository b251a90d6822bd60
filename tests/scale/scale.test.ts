import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { asDeployed, parametersRaised, tableWarm } from "./scenarios.ts";
import { type Scenario, simulate } from "./simulation/scenario.ts";

/** The claims of docs/scale.md, on loads small enough for every run of the tests. */

const load = (changes: Partial<Scenario>): Scenario => ({
  name: "test",
  perSecond: 100,
  seconds: 3,
  owners: 1,
  seed: 7,
  size: asDeployed,
  ...changes,
});
const capsOf = ({ hits }: Awaited<ReturnType<typeof simulate>>) => hits.map(({ cap }) => cap);

describe("a load that a stage is made for", () => {
  test("meets no limit, and every job ends within seconds", async () => {
    const outcome = await simulate(load({ seconds: 5 }));
    expect(outcome).toMatchObject({
      offered: 500,
      accepted: 500,
      completed: 500,
      refused: {},
      hits: [],
    });
    expect(outcome.p50).toBeLessThan(1);
    expect(outcome.p99).toBeLessThan(3);
  });

  test("has the same outcome for the same seed, and another for another", async () => {
    const [one, again, other] = [
      await simulate(load({})),
      await simulate(load({})),
      await simulate(load({ seed: 8 })),
    ];
    expect(again).toEqual(one);
    expect(other).not.toEqual(one);
  });

  test("is answered at once where callers wait, and its events come with sweep", async () => {
    const [waits, queued] = [await simulate(load({ waits: true })), await simulate(load({}))];
    expect(waits).toMatchObject({ accepted: 300, completed: 300, hits: [] });
    expect(waits.p50).toBeLessThan(queued.p50 / 2);
    expect(waits.unitsPerJob.table).toBeLessThan(queued.unitsPerJob.table ?? 0);
    expect(waits.announcedP99).toBeLessThan(75);
    expect(queued.announcedP99).toBeLessThan(1);
  });

  test("sweeps while a backlog waits, and no pass is killed", async () => {
    const outcome = await simulate(
      load({ perSecond: 75, seconds: 70, size: { ...asDeployed, workConcurrency: 1 } }),
    );
    expect(capsOf(outcome)).toEqual(["workConcurrency"]);
    expect(outcome.completed).toBe(outcome.offered);
    expect(outcome.sweeps.ended).toBeGreaterThanOrEqual(1);
    expect(outcome.sweeps.killed).toBe(0);
  });
});

describe("one owner with 1,000 jobs a second", () => {
  test("is refused by the stage's own rate first, and no accepted job is lost", async () => {
    const outcome = await simulate(load({ perSecond: 1_000, seconds: 2 }));
    expect(capsOf(outcome)[0]).toBe("httpRate");
    expect(Object.keys(outcome.refused)).toEqual(["429"]);
    expect(outcome.completed).toBe(outcome.accepted);
  });

  test("meets a new table's write units next", async () => {
    const size = { ...parametersRaised, tableWrites: 1_000 };
    const outcome = await simulate(load({ perSecond: 1_000, seconds: 1, size }));
    expect(capsOf(outcome)[0]).toBe("tableWrites");
    expect(outcome.completed).toBe(outcome.accepted);
  });

  test("passes with a warm table: no partition of an index takes more than a unit of each job", async () => {
    const outcome = await simulate(load({ perSecond: 1_000, seconds: 2, size: tableWarm }));
    expect(outcome).toMatchObject({ accepted: 2_000, completed: 2_000, refused: {}, hits: [] });
    const partitions = Object.entries(outcome.unitsPerJob).filter(([name]) => /^by\w+ /.test(name));
    expect(partitions.length).toBe(1 + 8 + 4);
    for (const [name, units] of partitions) expect([name, units <= 1]).toEqual([name, true]);
  });

  test("that holds while the indexes project keys only: a write that changes no key costs them nothing", () => {
    const table = readFileSync(path.resolve(import.meta.dirname, "../../infra/table.yml"), "utf8");
    expect(table.match(/IndexName:/g)).toHaveLength(3);
    expect(table.match(/ProjectionType: KEYS_ONLY/g)).toHaveLength(3);
  });
});

describe("each limit refuses where it is too low", () => {
  test.each([
    ["lambdaConcurrency", { lambdaConcurrency: 10 }],
    ["httpConcurrency", { httpConcurrency: 1 }],
    ["gatewayRequests", { gatewayRequests: 20 }],
    ["s3Puts", { s3Partitions: 0.01 }],
  ] as const)("%s", async (cap, change) => {
    const outcome = await simulate(load({ seconds: 12, size: { ...asDeployed, ...change } }));
    expect(capsOf(outcome)[0]).toBe(cap);
  });
});
