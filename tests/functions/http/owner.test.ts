import { beforeEach, describe, expect, test, vi } from "vitest";
import { handler as cancel } from "../../../functions/cancel.ts";
import { handler as get } from "../../../functions/get.ts";
import { handler as list } from "../../../functions/list.ts";
import { handler as plans } from "../../../functions/plans.ts";
import { handler as result } from "../../../functions/result.ts";
import { handler as retry } from "../../../functions/retry.ts";
import { handler as status } from "../../../functions/status.ts";
import { handler as submit } from "../../../functions/submit.ts";
import { compute } from "../../../jobs/run/compute.ts";
import { work } from "../../../jobs/run/dispatch.ts";
import { call, freshStage, isProblem } from "../../support/functions/stage.ts";
import type { World } from "../../support/jobs/memory-ports.ts";
import { lambdaMachine } from "../../support/jobs/submitting.ts";

vi.mock("../../../aws/ports.ts", async () =>
  (await import("../../support/functions/stage.ts")).portsOfStage(),
);
vi.mock("../../../aws/telemetry/log.ts", async () =>
  (await import("../../support/functions/stage.ts")).logOfStage(),
);
vi.mock("../../../aws/config.ts", async () =>
  (await import("../../support/functions/stage.ts")).configOfStage(),
);

let world: World;

/** What API Gateway's own authorizers leave in the event. */
const iam = (userId: string) => ({
  iam: { userId, accountId: "1", userArn: "arn:aws:sts::1:assumed-role/x/session" },
});
const jwt = (iss: string, sub: string) => ({ jwt: { claims: { iss, sub }, scopes: null } });

const callers = {
  iam: {
    mine: iam("AROAME:monday"),
    again: iam("AROAME:tuesday"),
    theirs: iam("AROAYOU:monday"),
    owner: "iam:AROAME",
  },
  jwt: {
    mine: jwt("https://a", "7"),
    again: jwt("https://a", "7"),
    theirs: jwt("https://b", "7"),
    owner: "jwt:https://a#7",
  },
} as const;

const ofAJob = { get, status, result, cancel, retry };
const body = {
  dataMatrix: [
    [1, 2],
    [3, 4],
  ],
};

describe.each(["iam", "jwt"] as const)("with %s", (auth) => {
  const { mine, again, theirs, owner } = callers[auth];
  beforeEach(() => {
    world = freshStage(auth);
  });
  const mineSubmitted = async () =>
    (await call(submit, { method: "POST", body, authorizer: mine })).body.jobId as string;

  test("the owner is the identity, not the session", async () => {
    const jobId = await mineSubmitted();
    expect(world.job(jobId).owner).toBe(owner);
    expect((await call(get, { jobId, authorizer: again })).status).toBe(200);
    expect((await call(list, { authorizer: again })).body.jobs).toHaveLength(1);
  });

  test.each(Object.keys(ofAJob) as (keyof typeof ofAJob)[])(
    "another owner's job is 404 on %s, and stays as it is",
    async (name) => {
      const jobId = await mineSubmitted();
      const before = structuredClone(world.job(jobId));
      const reply = await call(ofAJob[name], { jobId, authorizer: theirs });
      expect(isProblem(reply)).toBe(true);
      expect(reply).toMatchObject({ status: 404, body: { code: "job-not-found" } });
      // Word for word what an id answers that nobody has.
      const nobodys = await call(ofAJob[name], { jobId: "0".repeat(26), authorizer: theirs });
      expect(reply.text.replaceAll(jobId, "0".repeat(26))).toBe(nobodys.text);
      expect(world.job(jobId)).toEqual(before);
    },
  );

  test("nor is it listed, or taken as an input", async () => {
    const jobId = await mineSubmitted();
    const message = world.messages.shift();
    if (message) await work(message, lambdaMachine(), compute, world.ports);
    expect((await call(list, { authorizer: theirs })).body.jobs).toEqual([]);
    for (const handler of [submit, plans]) {
      const reply = await call(handler, {
        method: "POST",
        body: { inputs: { a: { job: jobId } } },
        authorizer: theirs,
      });
      expect(reply).toMatchObject({ status: 422, body: { code: "input-not-found" } });
    }
    expect(
      (await call(plans, { method: "POST", body: { inputs: { a: { job: jobId } } }, authorizer: mine }))
        .status,
    ).toBe(200);
  });

  test("the same Idempotency-Key of two owners makes two jobs", async () => {
    const key = { "idempotency-key": "k" };
    const one = await call(submit, { method: "POST", body, headers: key, authorizer: mine });
    const other = await call(submit, { method: "POST", body, headers: key, authorizer: theirs });
    expect([one.status, other.status]).toEqual([202, 202]);
    expect(other.body.jobId).not.toBe(one.body.jobId);
  });

  test.each([
    ["none", undefined],
    ["an empty one", {}],
    ["the other kind's", auth === "iam" ? jwt("https://a", "7") : iam("AROAME:x")],
    ["half of one", auth === "iam" ? { iam: {} } : { jwt: { claims: { sub: "7" } } }],
  ])("a request with %s identity is 401 everywhere, and nothing happens", async (_what, authorizer) => {
    for (const handler of [submit, plans, list, ...Object.values(ofAJob)]) {
      const reply = await call(handler, { method: "POST", body, jobId: "0".repeat(26), authorizer });
      expect(reply).toMatchObject({ status: 401, body: { code: "unauthorized" } });
    }
    expect(world.calls).toEqual([]);
  });
});

test("with none, everyone is the one owner, whatever the event says", async () => {
  world = freshStage("none");
  const { body: job } = await call(submit, { method: "POST", body, authorizer: iam("AROAME:x") });
  expect(world.job(job.jobId).owner).toBe("local");
  expect((await call(get, { jobId: job.jobId })).status).toBe(200);
});

test("issuer and subject cannot be taken for those of another", async () => {
  world = freshStage("jwt");
  const owners: string[] = [];
  for (const authorizer of [jwt("https://a#b", "c"), jwt("https://a", "b#c"), jwt("https://a%23b", "c")]) {
    const { body: job } = await call(submit, { method: "POST", body, authorizer });
    owners.push(world.job(job.jobId).owner);
  }
  expect(new Set(owners).size).toBe(3);
});

test("an identity that is longer than a key of the table is refused", async () => {
  world = freshStage("jwt");
  const reply = await call(submit, { method: "POST", body, authorizer: jwt("https://a", "x".repeat(2100)) });
  expect(reply).toMatchObject({ status: 401, body: { code: "unauthorized" } });
  expect(world.calls).toEqual([]);
});
