import { afterEach, beforeEach, expect, test } from "vitest";
import { ensureRepository } from "../../deploy/repository.ts";
import { deleteStack } from "../../deploy/stacks.ts";
import { type AwsServer, noStack, Refusal, stackOf, startAwsServer } from "../support/deploy/aws-server.ts";
import { stageNamed } from "../support/deploy/stage.ts";

const name = "sluice-dev-repository";
const outputs = { RepositoryUri: "111122223333.dkr.ecr.eu-west-1.amazonaws.com/sluice-dev" };
const stack = (status: string) => stackOf({ name, status, outputs });
const described = "cloudformation.DescribeStacks";

let aws: AwsServer;
beforeEach(async () => {
  aws = await startAwsServer();
  Object.assign(aws.answers, {
    "cloudformation.CreateStack": "<StackId>arn:1</StackId>",
    "cloudformation.UpdateStack": "<StackId>arn:1</StackId>",
    "cloudformation.DeleteStack": "",
  });
});
afterEach(() => aws.stop());

const actions = () => aws.calls.map(({ call }) => call.replace("cloudformation.", ""));
const ensure = () => ensureRepository(aws.clients, stageNamed("dev"));

test("a first deploy creates the repository's stack, tagged, and waits for it", async () => {
  aws.answers[described] = [noStack(name), stack("CREATE_IN_PROGRESS"), stack("CREATE_COMPLETE")];
  expect(await ensure()).toBe(outputs.RepositoryUri);
  expect(actions()).toEqual(["DescribeStacks", "CreateStack", ...Array(3).fill("DescribeStacks")]);
  expect(aws.called("cloudformation.CreateStack")).toEqual([
    expect.objectContaining({
      StackName: name,
      TemplateBody: '{"Resources":{"Repository":{"Type":"AWS::ECR::Repository"}}}',
      "Tags.member.1.Key": "service",
      "Tags.member.1.Value": "sluice",
      "Tags.member.2.Key": "stage",
      "Tags.member.2.Value": "dev",
    }),
  ]);
});

test("a later deploy updates it", async () => {
  aws.answers[described] = [stack("CREATE_COMPLETE"), stack("UPDATE_COMPLETE")];
  expect(await ensure()).toBe(outputs.RepositoryUri);
  expect(actions()).toEqual(["DescribeStacks", "UpdateStack", "DescribeStacks", "DescribeStacks"]);
});

test("nothing to update is success", async () => {
  aws.answers[described] = stack("CREATE_COMPLETE");
  aws.answers["cloudformation.UpdateStack"] = new Refusal(
    "ValidationError",
    "No updates are to be performed.",
  );
  expect(await ensure()).toBe(outputs.RepositoryUri);
});

test("a stack that another deploy is updating is not waited for", async () => {
  aws.answers[described] = stack("UPDATE_IN_PROGRESS");
  const words = `Stack:arn:1 is in UPDATE_IN_PROGRESS state and can not be updated.`;
  aws.answers["cloudformation.UpdateStack"] = new Refusal("ValidationError", words);
  await expect(ensure()).rejects.toThrow(`The stack ${name} cannot be updated: ${words}`);
});

test("a stack whose creation failed is made anew", async () => {
  const deleted = noStack("arn");
  aws.answers[described] = [
    stack("ROLLBACK_COMPLETE"),
    stack("ROLLBACK_COMPLETE"),
    deleted,
    stack("CREATE_COMPLETE"),
  ];
  expect(await ensure()).toBe(outputs.RepositoryUri);
  expect(actions().filter((action) => action !== "DescribeStacks")).toEqual(["DeleteStack", "CreateStack"]);
});

test("a creation that fails says what failed first", async () => {
  aws.answers[described] = [noStack(name), stack("ROLLBACK_COMPLETE")];
  const event = (id: string, status: string, reason: string) =>
    `<member><LogicalResourceId>${id}</LogicalResourceId><ResourceStatus>${status}</ResourceStatus><ResourceStatusReason>${reason}</ResourceStatusReason></member>`;
  aws.answers["cloudformation.DescribeStackEvents"] =
    `<StackEvents>${event(name, "ROLLBACK_COMPLETE", "")}${event("Other", "CREATE_FAILED", "cancelled")}${event("Repository", "CREATE_FAILED", "it is taken")}</StackEvents>`;
  await expect(ensure()).rejects.toThrow(`The stack ${name} failed: Repository: it is taken`);
});

test("an update that fails does not tell what failed the time before", async () => {
  aws.answers[described] = [stack("UPDATE_ROLLBACK_COMPLETE"), stack("UPDATE_ROLLBACK_COMPLETE")];
  const events = [
    [name, "UPDATE_ROLLBACK_COMPLETE", ""],
    ["Repository", "UPDATE_FAILED", "of now"],
    [name, "UPDATE_IN_PROGRESS", "User Initiated"],
    [name, "UPDATE_ROLLBACK_COMPLETE", ""],
    ["Repository", "UPDATE_FAILED", "of yesterday"],
    [name, "UPDATE_IN_PROGRESS", "User Initiated"],
  ] as const;
  aws.answers["cloudformation.DescribeStackEvents"] = `<StackEvents>${events
    .map(
      ([id, status, reason]) =>
        `<member><LogicalResourceId>${id}</LogicalResourceId><ResourceStatus>${status}</ResourceStatus><ResourceStatusReason>${reason}</ResourceStatusReason></member>`,
    )
    .join("")}</StackEvents>`;
  await expect(ensure()).rejects.toThrow(`The stack ${name} failed: Repository: of now`);
});

test("a stack is deleted once, and one that is not there not at all", async () => {
  aws.answers[described] = [stack("CREATE_COMPLETE"), noStack(name)];
  await deleteStack(aws.clients.cloudFormation, name);
  expect(actions()).toEqual(["DescribeStacks", "DeleteStack", "DescribeStacks"]);
  expect(aws.called(described).at(-1)?.StackName).toBe(`arn:${name}`);
  await deleteStack(aws.clients.cloudFormation, name);
  expect(actions().filter((action) => action === "DeleteStack")).toHaveLength(1);
});
