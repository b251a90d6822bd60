import { describe, expect, test } from "vitest";
import { cpuMs } from "../../bench/cpu-time.ts";
import { closedLoop, type Slice } from "../../bench/path/closed-loop.ts";
import { absentPathRow, type PathCase, pathRow, pathWords } from "../../bench/path/row.ts";

const one: PathCase = {
  n: 64,
  callers: 10,
  design: "sluice-poll",
  target: { jobsPerSecond: 1.3, p50: 0.9 },
};

/** A slice of one second. */
const slice = (resultMs: readonly number[], cpu = 40): Slice => ({
  samples: resultMs.map((ms) => ({ submitMs: ms / 10, resultMs: ms, queuedMs: ms / 2, workerMs: ms / 4 })),
  seconds: 1,
  cpuMs: cpu,
});

const ours = [slice([100, 100, 100, 100]), slice([200, 200]), slice([100, 100, 100])];
const peer = [slice([200, 200]), slice([200, 200]), slice([400, 400])];

describe("a row of the path", () => {
  test("sums its rounds up", () => {
    expect(pathRow(one, ours)).toMatchObject({
      case: "path",
      jobs: 9,
      jobsPerSecond: 3,
      resultMs: { p50: 100, p99: 200 },
      submitMs: { p50: 10, p99: 20 },
      spentMs: { queued: 50, worker: 25, rest: 25 },
      cpuMs: 40,
    });
  });

  test("is compared round by round, and takes the median", () => {
    // 4/2, 2/2 and 3/2 jobs a second; p50 of 0.5, 1 and 0.25.
    expect(pathRow(one, ours, peer)).toMatchObject({ ratio: { jobsPerSecond: 1.5, p50: 0.5 }, met: true });
  });

  test.each([{ jobsPerSecond: 1.6 }, { jobsPerSecond: 1.5, p50: 0.4 }])("misses a target of %o", (target) => {
    expect(pathRow({ ...one, target }, ours, peer).met).toBe(false);
  });

  test("has neither verdict nor ratio without the peer", () => {
    const row = pathRow(one, ours);
    expect(row).not.toHaveProperty("ratio");
    expect(row).not.toHaveProperty("met");
  });

  test("holds no submit of a design that answers with the result", () => {
    const spawning = { samples: [{ resultMs: 300 }], seconds: 1, cpuMs: undefined };
    const row = pathRow({ n: 64, callers: 1, design: "express-spawn" }, [spawning]);
    expect(Object.keys(row)).toEqual(["case", "n", "callers", "design", "jobs", "jobsPerSecond", "resultMs"]);
  });
});

describe("words", () => {
  test("say what a row holds", () => {
    expect(pathWords(pathRow(one, ours, peer))).toBe(
      "path 64×64, 10 callers, Sluice, polled: 3.0 jobs/s; submit p50 10 ms p99 20 ms; result p50 100 ms p99 200 ms; " +
        "of it queued 50 ms, worker 25 ms, rest 25 ms; CPU 40 ms a job; " +
        "over Express + SQS 1.50 × its jobs/s (1.25–1.75), p50 0.50 × its; target ≥ 1.3 ×, p50 ≤ 0.9 ×: met",
    );
  });

  test("of an absent row hold its reason alone", () => {
    expect(pathWords(absentPathRow({ n: 64, callers: 1, design: "express-sqs" }, "there is no NumPy"))).toBe(
      "path 64×64, 1 caller, Express + SQS + one NumPy worker: absent, there is no NumPy",
    );
  });
});

describe("a closed loop", () => {
  test("has as many jobs under way as it has callers, and sees each to its end", async () => {
    let running = 0;
    let most = 0;
    const { samples, seconds } = await closedLoop(3, 0.05, process.pid, async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 20));
      running -= 1;
      return { resultMs: 20 };
    });
    expect([running, most]).toEqual([0, 3]);
    expect(samples.length).toBeGreaterThanOrEqual(6);
    expect(seconds).toBeGreaterThanOrEqual(0.05);
  });

  test("fails with a job that fails", async () => {
    const failing = closedLoop(2, 0.01, process.pid, async () => {
      throw new Error("the job failed");
    });
    await expect(failing).rejects.toThrow("the job failed");
  });
});

test.runIf(process.platform === "linux")("the CPU time of a process grows with what it does", () => {
  const before = cpuMs(process.pid) ?? 0;
  const until = process.cpuUsage().user + 200_000;
  while (process.cpuUsage().user < until);
  expect((cpuMs(process.pid) ?? 0) - before).toBeGreaterThanOrEqual(150);
});
