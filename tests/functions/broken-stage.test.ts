import { beforeEach, describe, expect, test, vi } from "vitest";
import { readConfig } from "../../aws/config.ts";
import { handler as cancel } from "../../functions/cancel.ts";
import { handler as get } from "../../functions/get.ts";
import { handler as list } from "../../functions/list.ts";
import { handler as plans } from "../../functions/plans.ts";
import { handler as result } from "../../functions/result.ts";
import { handler as retry } from "../../functions/retry.ts";
import { handler as status } from "../../functions/status.ts";
import { handler as submit } from "../../functions/submit.ts";
import { NewerRecord, recordVersion } from "../../jobs/record.ts";
import { call, freshStage, isProblem } from "../support/functions/stage.ts";
import { forged } from "../support/jobs/forged.ts";
import type { World } from "../support/jobs/memory-ports.ts";
import { submitted } from "../support/jobs/submitting.ts";

vi.mock("../../aws/ports.ts", async () => (await import("../support/functions/stage.ts")).portsOfStage());
vi.mock("../../aws/telemetry/log.ts", async () =>
  (await import("../support/functions/stage.ts")).logOfStage(),
);
vi.mock("../../aws/config.ts", async (original) => ({
  ...(await original<typeof import("../../aws/config.ts")>()),
  ...(await import("../support/functions/stage.ts")).configOfStage(),
}));

let world: World;
let jobId: string;
beforeEach(async () => {
  world = freshStage();
  ({ jobId } = (await submitted(world)).job);
});

/** As the SDK throws it: with words of AWS's own, an ARN, and a stack. */
function awsError(): Error {
  const message =
    "User: arn:aws:sts::123456789012:assumed-role/sluice is not authorized to perform: dynamodb:GetItem";
  return Object.assign(new Error(message), {
    name: "AccessDeniedException",
    $metadata: { httpStatusCode: 400 },
  });
}

const handlers = { submit, get, status, result, list, cancel, retry, plans };
const everyPort = [
  "store.get",
  "store.create",
  "store.update",
  "store.list",
  "objects.get",
  "objects.put",
  "objects.exists",
  "objects.link",
  "waitSlots.take",
];

describe("a record of a later release", () => {
  test.each(["get", "status", "result", "list", "cancel", "retry"] as const)("%s: 503", async (name) => {
    for (const port of ["store.get", "store.list"])
      world.broken.set(port, () => new NewerRecord(jobId, recordVersion + 1));
    const reply = await call(handlers[name], { jobId });
    expect(reply.body).toMatchObject({ status: 503, code: "later-release" });
    expect(isProblem(reply)).toBe(true);
  });
});

describe("AWS that breaks", () => {
  test.each(Object.entries(handlers))(
    "%s answers 500 with a request id, and no word of it",
    async (name, handler) => {
      for (const port of everyPort) world.broken.set(port, awsError);
      const inputs = { a: { job: jobId } };
      const reply = await call(handler, {
        method: "POST",
        jobId,
        body: name === "plans" ? { inputs } : { dataMatrix: [[1]] },
      });
      expect(isProblem(reply)).toBe(true);
      expect(reply).toMatchObject({
        status: 500,
        body: {
          code: "internal-error",
          detail: "the request could not be handled; quote request JKJaXmPLvHcESHA=",
        },
      });
      expect(reply.text).not.toMatch(/arn:|AccessDenied|dynamodb|assumed|\.ts|node_modules|stack/i);
      // The log has all of it.
      const line = world.log.find(({ message }) => message === "request failed");
      expect(line).toMatchObject({ level: "error", fields: { requestId: "JKJaXmPLvHcESHA=" } });
      expect(String(line?.fields.error)).toContain("arn:aws:sts");
      expect(line?.fields.jobId).toBe(jobId);
    },
  );

  test("a queue that breaks does not break a submit", async () => {
    world.broken.set("queue.send", awsError);
    const reply = await call(submit, { method: "POST", body: { dataMatrix: [[1]] } });
    expect(reply.status).toBe(202);
    expect(reply.text).not.toMatch(/arn:/);
  });

  test("something thrown that is no Error at all", async () => {
    world.broken.set("store.get", () => "arn:aws:secret" as unknown as Error);
    const reply = await call(get, { jobId });
    expect([reply.status, isProblem(reply)]).toEqual([500, true]);
    expect(reply.text).not.toContain("arn:");
  });

  test("a job that was given back says so in our words", async () => {
    await world.ports.store.update(
      jobId,
      {},
      forged({ statusReason: "the attempt failed on our side; waiting to be run again" }),
    );
    expect((await call(status, { jobId })).body.statusReason).toBe(
      "the attempt failed on our side; waiting to be run again",
    );
  });
});

test("a stage deployed wrongly answers 500: what it is deployed with is not the caller's to read", async () => {
  world.broken.set("store.get", () => {
    try {
      readConfig({ STAGE: "dev", BUCKET_NAME: "secret-bucket-name", AUTH: "secret" });
    } catch (error) {
      return error as Error;
    }
    return undefined;
  });
  const reply = await call(get, { jobId });
  expect(reply.status).toBe(500);
  expect(reply.text).not.toMatch(/TABLE_NAME|secret/);
});
