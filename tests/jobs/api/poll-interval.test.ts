import { expect, test } from "vitest";
import { PollInterval } from "../../../jobs/api/poll-interval.ts";
import { jobIn, lambdaRoute } from "../../support/jobs/sample-jobs.ts";

const route = { ...lambdaRoute, estimate: { ...lambdaRoute.estimate, seconds: 0 } };
const ended = (took: number) => ({ ...jobIn.COMPLETED, route, createdAt: 0, finishedAt: took });
const fresh = { ...jobIn.sent, route, createdAt: 0 };

test("a wait first sleeps until jobs have lately ended, then looks at intervals that fit", () => {
  const pace = new PollInterval();
  for (let job = 0; job < 100; job++) pace.saw(ended(400));
  expect(pace.pause(fresh, 0, 0)).toBeCloseTo(400, 0);
  // Half of it has passed before the caller began to wait.
  expect(pace.pause(fresh, 0, 200)).toBeCloseTo(200, 0);
  expect(pace.pause(fresh, 1, 400)).toBeLessThan(150);
  expect(pace.pause(fresh, 2, 500)).toBeGreaterThan(pace.pause(fresh, 1, 400));
});

test("a stage that got quicker is believed at once, one that got slower after a while", () => {
  const pace = new PollInterval();
  for (let job = 0; job < 100; job++) pace.saw(ended(1000));
  for (let job = 0; job < 4; job++) pace.saw(ended(50));
  expect(pace.pause(fresh, 0, 0)).toBeLessThan(120);
  pace.saw(ended(1000));
  expect(pace.pause(fresh, 0, 0)).toBeLessThan(250);
});

test("pauses stay within their bounds, whatever was seen", () => {
  const pace = new PollInterval();
  for (const took of [0, 1e9, 5, Number.MAX_SAFE_INTEGER]) {
    pace.saw(ended(took));
    for (const look of [0, 1, 5, 50]) {
      const pause = pace.pause(fresh, look, 3);
      expect(pause).toBeGreaterThanOrEqual(5);
      expect(pause).toBeLessThanOrEqual(look === 0 ? 2000 : 500);
    }
  }
});

test("a job that has not ended teaches nothing", () => {
  const pace = new PollInterval();
  const before = pace.pause(fresh, 0, 0);
  pace.saw(jobIn.sent);
  expect(pace.pause(fresh, 0, 0)).toBe(before);
});
