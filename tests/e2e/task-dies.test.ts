import { existsSync, readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { client } from "../../acceptance/support/client.ts";
import { type Stack, startStack } from "../../local/stack-process.ts";

/** What becomes of a job whose task is taken away, and of a task whose job is. */
let stack: Stack;
let http: ReturnType<typeof client>;

beforeAll(async () => {
  stack = await startStack();
  http = client(stack.url);
});

afterAll(async () => {
  expect(await stack?.stop()).toBe(0);
});

/** The process of a job's task: the one that was started with its id. */
function taskOf(jobId: string): number {
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      if (readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").includes(`JOB_ID=${jobId}`))
        return Number(pid);
    } catch {
      // Gone since, or another user's.
    }
  }
  throw new Error(`no process was started for job ${jobId}`);
}

const random = (seed: number) => ({ random: { shape: [4000, 4000], seed } });
/** About six seconds of matmul: time enough to be caught in it. */
const long = { operation: "matmul", inputs: { a: random(1), b: random(2) }, target: "fargate" };

// Processes are found through /proc, which only Linux has.
describe.skipIf(!existsSync("/proc/self/environ"))("a task that", () => {
  test.each([
    ["is killed outright", "SIGKILL", "died", /exit code 137/],
    ["is asked to go, as by a Spot reclaim", "SIGTERM", "interrupted", /taken away/],
  ] as const)(
    "%s: the next attempt completes the job",
    async (_, signal, outcome, reason) => {
      const { body } = await http.submit(long);
      await http.reaches(body.jobId, "PROCESSING");
      process.kill(taskOf(body.jobId), signal);
      const view = await http.ended(body.jobId);
      expect(view.status).toBe("COMPLETED");
      expect(view.attempts.map((attempt) => attempt.outcome)).toEqual([outcome, "completed"]);
      expect(view.attempts[0]?.reason).toMatch(reason);
      expect(view.outputs?.result).toMatchObject({ shape: [4000, 4000], dtype: "float64" });
    },
    120_000,
  );

  test("is cancelled: its process is gone within 5 s, and the job says so", async () => {
    const { body } = await http.submit(long);
    await http.reaches(body.jobId, "PROCESSING");
    const pid = taskOf(body.jobId);
    const asked = performance.now();
    const cancelled = await http.call("DELETE", `/jobs/${body.jobId}`);
    expect([cancelled.status, cancelled.body.status]).toEqual([200, "CANCELLED"]);
    await expect.poll(() => existsSync(`/proc/${pid}`), { timeout: 10_000, interval: 20 }).toBe(false);
    expect(performance.now() - asked).toBeLessThan(5_000);
    const { body: after } = await http.call("GET", `/jobs/${body.jobId}`);
    expect(after).toMatchObject({ status: "CANCELLED", attempts: [{ outcome: "cancelled" }] });
  });
});
