import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Stage, startStage } from "../stage/stage.ts";
import { hog, spin, story } from "./jobs.ts";

/** What takes its time: beats of a kernel that never yields, cancel in the middle of it, leases that run out. */
let stage: Stage;

beforeAll(async () => {
  stage = await startStage({ workConcurrency: 3 });
}, 60_000);

afterAll(() => stage?.stop());

const slow = { timeout: 100_000 };

/** ESRCH: no such process. */
function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}

/** Until the lease was renewed twice: what beats every 15 s has then spun for over 30. */
async function beatsTwice(jobId: string): Promise<void> {
  const leases = new Set<number>();
  const look = async (): Promise<void> => {
    const { leaseUntil = 0, status } = (await stage.record(jobId)) ?? {};
    if (status === "PROCESSING") leases.add(leaseUntil);
    expect(leases.size).toBe(3);
  };
  await vi.waitFor(look, { timeout: 60_000, interval: 500 });
}

async function cancel(jobId: string): Promise<void> {
  const answer = await stage.call("DELETE", `/jobs/${jobId}`);
  expect(answer).toMatchObject({ status: 200, body: { status: "CANCELLED" } });
}

// One fault hits everybody: it is over before the tests, which run side by side, begin.
let unsent: string;
let silent: string;

beforeAll(async () => {
  stage.faults.request = ({ action }) =>
    action === "SendMessage"
      ? { error: { status: 500, type: "InternalError", message: "not now" } }
      : undefined;
  unsent = await stage.submit(hog(1));
  stage.faults.request = undefined;
  stage.cloud.ecs.faults.event = (event) => {
    const { startedBy, lastStatus } = (event as { detail: { startedBy?: string; lastStatus: string } })
      .detail;
    return lastStatus === "STOPPED" && startedBy?.startsWith(silent) ? [] : [0];
  };
  silent = await stage.submit(spin(2, { target: "fargate" }));
});

describe.concurrent("meanwhile", () => {
  test("a job whose message was never sent: sweep sends it", slow, async () => {
    expect(await stage.record(unsent)).toMatchObject({ status: "PENDING" });
    const job = await stage.reaches(unsent, { status: "COMPLETED" }, 80_000);
    expect(story(job)).toEqual(["lambda completed"]);
  });

  test("a killed task of whose end no event tells: its lease runs out, sweep asks ECS", slow, async () => {
    const { taskArn = "" } = await stage.reaches(silent, { status: "PROCESSING" });
    process.kill(stage.cloud.ecs.pid(taskArn) ?? 0, "SIGKILL");
    const job = await stage.reaches(silent, { status: "COMPLETED" }, 85_000);
    expect(story(job)).toEqual(["fargate died", "fargate completed"]);
    expect(job.attempts[0]?.reason).toMatch(/exit code 137/);
  });

  test(
    "a kernel that never yields beats on Fargate, and dies within 2 s of cancel",
    slow,
    async ({ expect }) => {
      const jobId = await stage.submit(spin(90, { target: "fargate" }));
      await beatsTwice(jobId);
      const { taskArn = "", progress } = (await stage.record(jobId)) ?? {};
      expect(progress).toBeGreaterThan(0.1);
      expect(progress).toBeLessThan(0.6);
      const pid = stage.cloud.ecs.pid(taskArn) ?? 0;
      expect(isGone(pid)).toBe(false);
      await cancel(jobId);
      await expect.poll(() => isGone(pid), { timeout: 2_000 }).toBe(true);
      await stage.cloud.ecs.stopped(taskArn);
      expect(await stage.record(jobId)).toMatchObject({ status: "CANCELLED" });
    },
  );

  test(
    "a kernel that never yields beats on Lambda, and dies within 2 s of cancel",
    slow,
    async ({ expect }) => {
      const jobId = await stage.submit(spin(90, { target: "lambda" }));
      await beatsTwice(jobId);
      const { progress } = (await stage.record(jobId)) ?? {};
      expect(progress).toBeGreaterThan(0.1);
      expect(progress).toBeLessThan(0.6);
      const before = (await stage.depth()).jobs;
      await cancel(jobId);
      // Its function has returned: the message is deleted.
      await expect.poll(async () => (await stage.depth()).jobs, { timeout: 2_000 }).toBe(before - 1);
      expect(await stage.record(jobId)).toMatchObject({ status: "CANCELLED" });
    },
  );
});
