import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { UpdateResult } from "../../../jobs/job-store.ts";
import { onceWritten } from "../../../jobs/run/overtaken.ts";
import { jobIn } from "../../support/jobs/sample-jobs.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const pending = { ...jobIn.sent, dispatch: 1 };
const taken: UpdateResult = { ok: true, job: { ...pending, status: "PROCESSING" } };

/** Answers in turn, the last again and again. */
async function written(dispatch: number, ...answers: UpdateResult[]) {
  let writes = 0;
  const result = onceWritten(dispatch, async () => answers[Math.min(writes++, answers.length - 1)] ?? taken);
  await vi.runAllTimersAsync();
  return { result: await result, writes };
}

describe("a first message", () => {
  test("that comes before its record waits for it", async () => {
    expect(await written(1, { ok: false }, { ok: false }, taken)).toEqual({ result: taken, writes: 3 });
  });

  test("whose record is created between the write and the read that follows it writes again", async () => {
    expect(await written(1, { ok: false, job: pending }, taken)).toEqual({ result: taken, writes: 2 });
  });

  test("whose record never comes gives up", async () => {
    expect(await written(1, { ok: false })).toEqual({ result: { ok: false }, writes: 11 });
  });

  test.each([
    { ...pending, dispatch: 2 },
    { ...pending, status: "PROCESSING" as const },
    { ...pending, status: "CANCELLED" as const },
  ])("whose job has moved on is lost at once", async (job) => {
    expect(await written(1, { ok: false, job })).toEqual({ result: { ok: false, job }, writes: 1 });
  });
});

test("a later message finds its record or is lost", async () => {
  expect(await written(2, { ok: false })).toEqual({ result: { ok: false }, writes: 1 });
});
