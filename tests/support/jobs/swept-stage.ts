import { beforeEach, vi } from "vitest";
import type { Message } from "../../../jobs/message.ts";
import type { Settings } from "../../../jobs/settings.ts";
import { sweep } from "../../../jobs/sweep/sweep.ts";
import { memoryWorld, type World } from "./memory-ports.ts";
import { start } from "./sample-jobs.ts";
import { submitted } from "./submitting.ts";

/** For a job that gets a task, small as it is. */
export const large = {
  target: "fargate",
  dataMatrix: [
    [1, 2],
    [3, 4],
  ],
};

/** Of redrive: every dead letter, and not as a dry run. */
export const allLetters = { dryRun: false, limit: 100 };

/** For every test a fresh stage whose clock stands at `start`, and what the tests of sweep do to one. */
export function sweptStage(settings: Partial<Settings> = {}) {
  let world: World;
  beforeEach(() => {
    vi.useFakeTimers({ now: start });
    world = memoryWorld(settings);
    return () => vi.useRealTimers();
  });
  const job = async (body?: unknown, owner = "local") => (await submitted(world, body, { owner })).job.jobId;

  return {
    get world(): World {
      return world;
    },
    /** Submits a job, a small one unless told otherwise. */
    job,
    /** A job whose message went to the dead-letter queue. */
    async dead(owner?: string): Promise<string> {
      const jobId = await job(undefined, owner);
      world.dead.push(JSON.stringify(world.messages.pop()));
      return jobId;
    },
    /** Takes the next message out of the queue. */
    received(): Message {
      const next = world.messages.shift();
      if (!next) throw new Error("no message was sent");
      return next;
    },
    /** A minute goes by, and sweep runs. */
    async minute() {
      await vi.advanceTimersByTimeAsync(60_000);
      return sweep(world.ports);
    },
  };
}
