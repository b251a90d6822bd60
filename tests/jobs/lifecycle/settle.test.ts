import { beforeEach, describe, expect, test, vi } from "vitest";
import { stopCause } from "../../../jobs/lifecycle/evidence.ts";
import { settle } from "../../../jobs/lifecycle/settle.ts";
import { compute } from "../../../jobs/run/compute.ts";
import { work } from "../../../jobs/run/dispatch.ts";
import { launchOf } from "../../../jobs/run/launch-name.ts";
import { runJob } from "../../../jobs/run/run.ts";
import { forged } from "../../support/jobs/forged.ts";
import { memoryWorld, stoppedTask, type World } from "../../support/jobs/memory-ports.ts";
import {
  died,
  failedStart,
  imageMissing,
  infrastructureStop,
  noMachine,
  outOfMemory,
  spotReclaim,
  start,
  stoppedByHand,
} from "../../support/jobs/sample-jobs.ts";
import { lambdaMachine, lasting, submitted } from "../../support/jobs/submitting.ts";

let world: World;
let jobId: string;

beforeEach(async () => {
  vi.useFakeTimers({ now: start });
  world = memoryWorld();
  ({ jobId } = (await submitted(world, { target: "fargate", dataMatrix: [[1]] })).job);
  const message = world.messages.shift();
  if (message) await work(message, lambdaMachine(), compute, world.ports);
  return () => vi.useRealTimers();
});

const now = () => world.job(jobId);
const launch = () => ({ jobId, dispatch: now().dispatch });
const itsTask = () => world.started[0]?.observation.taskArn ?? "";

/** The task claims the job and computes for ever. */
async function claimedByTask() {
  void runJob(launch(), { target: "fargate", taskArn: itsTask() }, lasting(1e9), world.ports);
  await vi.advanceTimersByTimeAsync(1);
  expect(now().status).toBe("PROCESSING");
}

describe("a stopped task", () => {
  test("brings its job back, larger when memory ran out", async () => {
    await claimedByTask();
    const { memoryMiB } = now().route;
    await settle(launch(), { ...outOfMemory, taskArn: itsTask() }, world.ports);
    expect(now()).toMatchObject({ status: "PENDING", step: "send", countedAttempts: 1 });
    expect(now().route.memoryMiB).toBeGreaterThanOrEqual(memoryMiB * 1.5);
    expect(now().attempts).toMatchObject([
      { outcome: "out-of-memory", reason: "the task ran out of memory (exit code 137)" },
    ]);
    // Sending is sweep's: settle never puts a message on the queue.
    expect(world.messages).toEqual([]);
  });

  test("before it ever claimed, likewise, and as no attempt", async () => {
    await settle(launch(), { ...failedStart, taskArn: itsTask() }, world.ports);
    expect(now()).toMatchObject({ status: "PENDING", step: "send", uncountedAttempts: 0, attempts: [] });
    expect(now()).toMatchObject({
      refusals: 1,
      statusReason:
        "waiting for a Fargate task: at the last start the machine was taken away or did not start",
    });
  });

  test("whose image cannot be pulled fails the job", async () => {
    await settle(launch(), { ...imageMissing, taskArn: itsTask() }, world.ports);
    expect(now()).toMatchObject({ status: "FAILED", error: { code: "image-unavailable" } });
  });

  test("repeated events change nothing more", async () => {
    await claimedByTask();
    const event = [launch(), { ...died, taskArn: itsTask() }] as const;
    await settle(...event, world.ports);
    const after = structuredClone(now());
    for (let again = 0; again < 3; again++) await settle(...event, world.ports);
    expect(now()).toEqual(after);
  });

  test("two deliveries at once count once", async () => {
    await claimedByTask();
    const event = [launch(), { ...died, taskArn: itsTask() }] as const;
    await Promise.all([settle(...event, world.ports), settle(...event, world.ports)]);
    expect(now()).toMatchObject({ countedAttempts: 1, dispatch: 3 });
  });

  test("a late event of an earlier dispatch does not touch the attempt that runs", async () => {
    const old = [launch(), { ...died, taskArn: itsTask() }] as const;
    await claimedByTask();
    await world.ports.store.update(jobId, {}, forged({ dispatch: 9, taskArn: "arn:new" }));
    const running = structuredClone(now());
    await settle(...old, world.ports);
    expect(now()).toEqual(running);
  });

  test("of a finished job changes nothing", async () => {
    expect(await runJob(launch(), { target: "fargate", taskArn: itsTask() }, compute, world.ports)).toBe(
      "completed",
    );
    const finished = structuredClone(now());
    await settle(launch(), stoppedTask(itsTask(), "EssentialContainerExited", { exitCode: 0 }), world.ports);
    expect(now()).toEqual(finished);
  });

  test("of a job nobody knows is no error", async () => {
    await settle({ jobId: "0".repeat(26), dispatch: 1 }, died, world.ports);
    expect(world.table.size).toBe(1);
  });

  test("whose reply from the table is lost still counts once", async () => {
    await claimedByTask();
    world.dropReplies = true;
    await settle(launch(), { ...died, taskArn: itsTask() }, world.ports);
    expect(now()).toMatchObject({ countedAttempts: 1, dispatch: 3 });
  });
});

describe("whose task it was, from startedBy", () => {
  test.each([
    ["0123456789abcdefghjkmnpqrs-12", { jobId: "0123456789abcdefghjkmnpqrs", dispatch: 12 }],
    ["ecs-svc/1234567890", undefined],
    ["0123456789abcdefghjkmnpqrs", undefined],
    ["0123456789abcdefghjkmnpqrs-", undefined],
    ["0123456789abcdefghjkmnpqrs-1-2", undefined],
    ["x0123456789abcdefghjkmnpqrs-1", undefined],
    [undefined, undefined],
  ])("%s", (startedBy, expected) => expect(launchOf(startedBy)).toEqual(expected));
});

describe("why it stopped", () => {
  const exited = (exitCode: number, containerReason = "") =>
    stoppedTask("", "EssentialContainerExited", {
      exitCode,
      containerReason,
      stoppedReason: "Essential container in task exited",
    });

  test.each([
    ["OOM says so in the container's reason", outOfMemory, "out-of-memory"],
    ["137 alone is a SIGKILL, not memory", exited(137), "exited"],
    ["143 is a graceful stop", exited(143), "exited"],
    ["Spot by its code", spotReclaim, "spot"],
    [
      "Spot by older words",
      stoppedTask("", "TerminationNotice", { stoppedReason: "Your Spot Task was interrupted." }),
      "spot",
    ],
    ["a termination notice", stoppedTask("", "TerminationNotice"), "infrastructure"],
    ["unhealthy infrastructure", infrastructureStop, "infrastructure"],
    ["no network interface", failedStart, "infrastructure"],
    ["no machine after all", noMachine, "capacity"],
    [
      "no secrets, no registry login",
      stoppedTask("", "TaskFailedToStart", {
        stoppedReason: "ResourceInitializationError: unable to pull secrets or registry auth: i/o timeout",
      }),
      "infrastructure",
    ],
    ["no image", imageMissing, "image"],
    [
      "no permission to pull",
      stoppedTask("", "TaskFailedToStart", {
        stoppedReason:
          "CannotPullContainerError: pull access denied for x, repository does not exist or may require authorization",
      }),
      "image",
    ],
    [
      "a pull that timed out is tried again",
      stoppedTask("", "TaskFailedToStart", {
        stoppedReason: "CannotPullContainerError: context canceled: dial tcp 1.2.3.4:443: i/o timeout",
      }),
      "infrastructure",
    ],
    ["by hand", stoppedByHand, "operator"],
    ["a code from the future", stoppedTask("", "SomethingNew"), "exited"],
  ])("%s", (_what, task, cause) => expect(stopCause(task)).toBe(cause));
});
