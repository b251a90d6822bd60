import { describe, expect, test } from "vitest";
import { EventBus, matches } from "../../local/lambda/event-bus.ts";
import { failed, type Invocation } from "../../local/lambda/function.ts";
import { startSchedule } from "../../local/lambda/schedule.ts";
import { createLog } from "../../local/log.ts";

const fine: Invocation = { payload: "null" };

describe("an event pattern", () => {
  const event = {
    source: "aws.ecs",
    resources: ["arn:1", "arn:2"],
    detail: { clusterArn: "c1", lastStatus: "STOPPED", exit: 0 },
  };
  test.each([
    [{ source: ["aws.ecs"] }, true],
    [{ source: ["aws.s3", "aws.ecs"] }, true],
    [{ source: ["aws.s3"] }, false],
    [{ source: ["aws.ecs"], detail: { lastStatus: ["STOPPED"], clusterArn: ["c1"] } }, true],
    [{ detail: { lastStatus: ["STOPPED"], clusterArn: ["c2"] } }, false],
    [{ detail: { exit: [0] } }, true],
    [{ detail: { exit: ["0"] } }, false],
    [{ resources: ["arn:2"] }, true],
    [{ missing: ["x"] }, false],
    [{ missing: { inside: ["x"] } }, false],
    [{}, true],
  ])("%j matches: %s", (pattern, expected) => {
    expect(matches(pattern, event)).toBe(expected);
  });

  test("with a matcher that is not supported is an error, never a silent mismatch", () => {
    expect(() => matches({ source: [{ prefix: "aws." }] }, event)).toThrow(/source/);
  });
});

test("an event reaches every rule that matches, and is tried again when the target fails", async () => {
  const bus = new EventBus(createLog({ debug: false, write: () => {} }));
  const heard: string[] = [];
  const tried = new Promise<void>((resolve) => {
    let tries = 0;
    bus.addRule({
      pattern: { source: ["a"] },
      target: "flaky",
      async invoke() {
        tries += 1;
        if (tries < 2) return failed({ errorType: "Error", errorMessage: "not yet" });
        resolve();
        return fine;
      },
    });
  });
  const listen = (target: string, source: string) =>
    bus.addRule({
      pattern: { source: [source] },
      target,
      async invoke() {
        heard.push(target);
        return fine;
      },
    });
  listen("one", "a");
  listen("two", "a");
  listen("other", "b");
  bus.put({ source: "a" });
  await tried;
  await bus.stop();
  expect(heard.toSorted()).toEqual(["one", "two"]);
});

test("a schedule invokes again and again, never twice at once, until it is stopped", async () => {
  let running = 0;
  let most = 0;
  let times = 0;
  const enough = Promise.withResolvers<void>();
  const schedule = startSchedule(0.01, "eu-west-1", async (event) => {
    expect(event).toMatchObject({ source: "aws.events", "detail-type": "Scheduled Event" });
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, 30));
    running -= 1;
    times += 1;
    if (times === 3) enough.resolve();
    return fine;
  });
  await enough.promise;
  await schedule.stop();
  const atStop = times;
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(times).toBe(atStop);
  expect(most).toBe(1);
});
