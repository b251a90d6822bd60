import { afterAll, afterEach, beforeAll, vi } from "vitest";
import { jobStore } from "../../aws/dynamodb/job-store.ts";
import type { Job } from "../../jobs/record.ts";
import { Adversary, type Fault } from "../faults/simulation/adversary.ts";
import { Chance } from "../faults/simulation/chance.ts";
import { Clock } from "../faults/simulation/clock.ts";
import { Network } from "../faults/simulation/network.ts";
import { Table } from "../faults/simulation/table.ts";
import { createTable } from "../support/aws/jobs-table.ts";
import { type StubCloud, startStubCloud } from "../support/aws/stub-cloud.ts";
import { memoryStore } from "../support/jobs/memory-store.ts";
import { onClock } from "../support/jobs/on-clock.ts";
import { start } from "../support/jobs/sample-jobs.ts";
import { jobStoreSuite } from "./job-store.ts";

let cloud: StubCloud;
let tables = 0;
beforeAll(async () => {
  cloud = await startStubCloud();
});
afterAll(() => cloud.stop());
afterEach(() => {
  cloud.loseReplies = false;
  vi.useRealTimers();
});

jobStoreSuite("DynamoDB", async () => {
  const tableName = `jobs-${tables++}`;
  await createTable(tableName);
  let now = start;
  return {
    store: jobStore(tableName, () => now),
    now: () => now,
    setNow: (time) => {
      now = time;
    },
    loseReplies: () => {
      cloud.loseReplies = true;
    },
  };
});

jobStoreSuite("the memory store", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  let lose = false;
  return {
    store: memoryStore(new Map<string, Job>(), () => lose),
    now: () => Date.now(),
    setNow: (time) => {
      vi.setSystemTime(time);
    },
    loseReplies: () => {
      lose = true;
    },
  };
});

/** Loses replies when a test says so, and does nothing else. */
class ReplyLoser extends Adversary {
  lose = false;

  override strikes(fault: Fault): boolean {
    return this.lose && fault === "reply lost";
  }
}

jobStoreSuite("the simulation's table", async () => {
  const clock = new Clock(start);
  const adversary = new ReplyLoser(new Chance(1), clock);
  const { store } = new Table(clock, new Network(clock, adversary), adversary, () => undefined);
  return {
    store: onClock(clock, store),
    now: () => clock.now,
    setNow: (time) => {
      clock.now = time;
    },
    loseReplies: () => {
      adversary.lose = true;
    },
  };
});
