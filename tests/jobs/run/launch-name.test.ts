import { expect, test } from "vitest";
import { randomId } from "../../../jobs/ids.ts";
import { launchName, launchOf } from "../../../jobs/run/launch-name.ts";

test("a launch is read back from its name", () => {
  for (const dispatch of [1, 9, 10, 123_456]) {
    const launch = { jobId: randomId(), dispatch };
    expect(launchOf(launchName(launch))).toEqual(launch);
  }
});

test("a name fits ECS's clientToken and startedBy: 64 and 128 characters", () => {
  expect(launchName({ jobId: randomId(), dispatch: Number.MAX_SAFE_INTEGER }).length).toBeLessThanOrEqual(64);
});

const id = "0".repeat(26);
test.each([
  undefined,
  "",
  "ecs-svc/123",
  id,
  `${id}-`,
  `${id}-x`,
  `${id}--1`,
  `x${id}-1`,
  `${id.slice(1)}-1`,
  `${"A".repeat(26)}-1`,
])("a name that is not ours has no launch: %s", (name) => expect(launchOf(name)).toBeUndefined());
