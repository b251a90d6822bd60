import { afterEach, beforeEach, expect, test } from "vitest";
import { ensureEcsRole } from "../../deploy/ecs-role.ts";
import { type AwsServer, Refusal, startAwsServer } from "../support/deploy/aws-server.ts";
import { listener } from "../support/deploy/stage.ts";

let aws: AwsServer;
let told: ReturnType<typeof listener>;
beforeEach(async () => {
  [aws, told] = [await startAwsServer(), listener()];
});
afterEach(() => aws.stop());

const make = "iam.CreateServiceLinkedRole";
const absent = new Refusal("NoSuchEntity", "no", 404);

test("an account that never had a cluster gets ECS's role", async () => {
  Object.assign(aws.answers, { "iam.GetRole": absent, [make]: "" });
  await ensureEcsRole(aws.clients, told);
  expect(aws.called(make)).toEqual([expect.objectContaining({ AWSServiceName: "ecs.amazonaws.com" })]);
  expect(told.notes).toHaveLength(1);
});

test("where it is, nothing is made or said", async () => {
  aws.answers["iam.GetRole"] = "<Role><RoleName>AWSServiceRoleForECS</RoleName></Role>";
  await ensureEcsRole(aws.clients, told);
  expect(aws.called(make)).toEqual([]);
  expect([...told.notes, ...told.warnings]).toEqual([]);
});

test("who may not make it is told, and may still deploy", async () => {
  Object.assign(aws.answers, { "iam.GetRole": absent, [make]: new Refusal("AccessDenied", "not you", 403) });
  await ensureEcsRole(aws.clients, told);
  expect(told.warnings).toEqual(["AWSServiceRoleForECS could not be made: not you"]);
});
