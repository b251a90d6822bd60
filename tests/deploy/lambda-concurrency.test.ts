import { afterEach, beforeEach, expect, test } from "vitest";
import { lambdaConcurrency } from "../../deploy/doctor/lambda-concurrency.ts";
import type { Settings } from "../../deploy/stage.ts";
import { type AwsServer, startAwsServer } from "../support/deploy/aws-server.ts";
import { stageNamed } from "../support/deploy/stage.ts";

let aws: AwsServer;
beforeEach(async () => {
  aws = await startAwsServer();
});
afterEach(() => aws.stop());

const submit = { ResourceType: "AWS::Lambda::Function", PhysicalResourceId: "sluice-dev-submit" };

/** What the doctor finds in an account that has `limit` Lambdas left unreserved. */
function find(limit: number, changed: Partial<Settings> = {}, functions: object[] = []) {
  aws.answers["lambda.GET /2016-08-19/account-settings"] = {
    AccountLimit: { UnreservedConcurrentExecutions: limit },
  };
  const resources = functions as Parameters<typeof lambdaConcurrency.look>[0]["resources"];
  const stage = stageNamed("dev", changed);
  return lambdaConcurrency.look({ clients: aws.clients, stage, image: "auto", stack: undefined, resources });
}

// What the fix says fits is asked again, and fits.
test.each([8, 9, 10, 50, 154])("of %d: the parameters that the doctor names fit", async (limit) => {
  const { status, fix = "" } = await find(limit);
  expect(status).toBe("fatal");
  const named = Object.fromEntries([...fix.matchAll(/--param (\w+)=(\d+)/g)].map(([, name, n]) => [name, n]));
  expect(Object.keys(named)).toEqual(["workConcurrency", "waitHolders"]);
  expect(Number(named.workConcurrency)).toBeGreaterThanOrEqual(2);
  expect(await find(limit, named)).toMatchObject({ status: "ok" });
});

test("of less than a stage needs at all: only a quota helps", async () => {
  expect((await find(7)).fix).toMatch(/^aws service-quotas/);
  expect((await find(155)).status).toBe("ok");
});

test.each([
  [1000, "ok", /^1000: httpConcurrency 20 and waitHolders 100 reserve 420, and leave 580/],
  [520, "ok", /leave 100/],
  [519, "fatal", /leaves 99; AWS demands 100/],
  [10, "fatal", /leaves -410/],
])("of %d, where each function reserves some", async (limit, status, found) => {
  const finding = await find(limit, { httpConcurrency: "20" });
  expect(finding).toMatchObject({ status, found: expect.stringMatching(found) });
  if (status === "fatal") expect(finding.fix).toMatch(/^deploy with --param httpConcurrency=0, or: aws/);
});

test("what the stage has reserved already is its own", async () => {
  aws.answers["lambda.GET /2019-09-30/functions/sluice-dev-submit/concurrency"] = {
    ReservedConcurrentExecutions: 420,
  };
  expect(await find(100, { httpConcurrency: 20 }, [submit])).toMatchObject({ status: "ok" });
});
