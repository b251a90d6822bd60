import { readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packageStage, removePackagedStages } from "../../build/package-stage.ts";
import { type Resource, resource, resourcesOf, type Template } from "../../build/template.ts";
import {
  actionsOf,
  type Statement,
  statementsOf,
  tooWide,
  type WidePermission,
} from "../support/infra/policy.ts";

const root = path.resolve(import.meta.dirname, "../..");
const image = `111122223333.dkr.ecr.eu-west-1.amazonaws.com/sluice-prod@sha256:${"0".repeat(64)}`;
const boundary = "arn:aws:iam::111122223333:policy/teams";

let template: Template;
let explained: WidePermission[];
beforeAll(async () => {
  const params = [`image=${image}`, `permissionsBoundary=${boundary}`].flatMap((pair) => ["--param", pair]);
  ({ template } = await packageStage("--stage", "prod", "--param", "auth=none", ...params));
  explained = JSON.parse(await readFile(path.join(root, "infra/wide-permissions.json"), "utf8"));
}, 120_000);
afterAll(removePackagedStages);

const byType = (type: string): [string, Resource][] =>
  Object.entries(template.Resources).filter(([, { Type }]) => Type === type);
const roleOf = (reference: unknown) => (reference as { "Fn::GetAtt": [string, string] })["Fn::GetAtt"][0];
const sid = (role: string, name: string) => statementsOf(template, role).find(({ Sid }) => Sid === name);
const allowedTo = (role: string) => actionsOf(statementsOf(template, role));
/** Of every function: its own log, and traces. */
const basic = [
  ...["logs:CreateLogStream", "logs:PutLogEvents"],
  ...["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
];

describe("nothing is allowed too widely", () => {
  test("but what infra/wide-permissions.json explains", () => {
    expect(tooWide(template, "prod", explained)).toEqual([]);
    for (const { why } of explained) expect(why.length).toBeGreaterThan(20);
  });

  const allow = { Sid: "Planted", Effect: "Allow" } as const;
  const bucket = { "Fn::GetAtt": ["JobsBucket", "Arn"] };
  test.each<[string, object, string]>([
    ["every action", { ...allow, Action: "s3:*", Resource: bucket }, "s3:*"],
    ["every read", { ...allow, Action: ["s3:Get*"], Resource: bucket }, "s3:Get*"],
    ["every queue", { ...allow, Action: "sqs:SendMessage", Resource: "*" }, "sqs:SendMessage on *"],
    [
      "every object",
      { ...allow, Action: "s3:GetObject", Resource: { "Fn::Sub": `\${JobsBucket.Arn}/*` } },
      `s3:GetObject on \${JobsBucket.Arn}/*`,
    ],
    [
      "more on an explained resource",
      { ...allow, Action: ["ecs:ListTasks", "ecs:StopTask"], Resource: "*" },
      "ecs:ListTasks, ecs:StopTask on *",
    ],
    [
      "another stage's table",
      {
        ...allow,
        Action: "dynamodb:GetItem",
        Resource: "arn:aws:dynamodb:eu-west-1:1:table/sluice-dev-jobs",
      },
      "dynamodb:GetItem on arn:aws:dynamodb:eu-west-1:1:table/sluice-dev-jobs",
    ],
    ["all but", { ...allow, NotAction: "iam:*", Resource: "*" }, "allows all but what it names"],
    ["on all but", { ...allow, Action: "s3:GetObject", NotResource: bucket }, "on all but what it names"],
    ["anybody", { ...allow, Principal: "*", Action: "sqs:SendMessage", Resource: bucket }, "anybody"],
    ["any of AWS", { ...allow, Principal: { AWS: "*" }, Action: "sqs:SendMessage" }, "anybody"],
  ])("seen on a planted one: %s", (_what, statement, fault) => {
    const planted = structuredClone(template);
    statementsInto(planted, "TaskRole").push(statement as Statement);
    expect(tooWide(planted, "prod", explained)).toEqual([`TaskRole/Planted: ${fault}`]);
  });

  test("seen in a queue's own policy, and behind a managed policy's name", () => {
    const planted = structuredClone(template);
    const queue = resource(planted, "JobsQueuePolicy").Properties.PolicyDocument as { Statement: object[] };
    queue.Statement.push({ ...allow, Principal: "*", Action: "sqs:SendMessage" });
    const managed = "arn:aws:iam::aws:policy/AdministratorAccess";
    Object.assign(resource(planted, "WorkRole").Properties, { ManagedPolicyArns: [managed] });
    expect(tooWide(planted, "prod", explained)).toEqual([
      "JobsQueuePolicy/Planted: anybody",
      `a managed policy, whose words are not here: "${managed}"`,
    ]);
  });

  test("and an explanation of what is no more is itself a fault", () => {
    const stale = { actions: ["s3:GetObject"], resource: "arn:aws:s3:::other/*", why: "it was there once" };
    expect(tooWide(template, "prod", [...explained, stale])).toEqual([
      "explained but not there: arn:aws:s3:::other/*",
    ]);
  });
});

describe("roles", () => {
  test("each belongs to one function, or to one side of the task, and nobody else may take it on", () => {
    const functions = byType("AWS::Lambda::Function").map(([id, { Properties }]) => {
      const role = roleOf(Properties.Role);
      expect(role).toBe(id.replace(/LambdaFunction$/, "Role"));
      return role;
    });
    const { TaskRoleArn, ExecutionRoleArn } = resource(template, "TaskDefinition").Properties;
    const ofTask = [roleOf(TaskRoleArn), roleOf(ExecutionRoleArn)];
    expect(ofTask).toEqual(["TaskRole", "TaskExecutionRole"]);
    expect(byType("AWS::IAM::Role").map(([id]) => id)).toEqual([...functions, ...ofTask]);
    const service = (role: string) => {
      const trust = resource(template, role).Properties.AssumeRolePolicyDocument as {
        Statement: Statement[];
      };
      return trust.Statement.map(({ Principal }) => Principal);
    };
    for (const role of functions) expect(service(role)).toEqual([{ Service: "lambda.amazonaws.com" }]);
    for (const role of ofTask) expect(service(role)).toEqual([{ Service: "ecs-tasks.amazonaws.com" }]);
  });

  test("a function waits for its role, and the queue's pollers for theirs", () => {
    for (const [id, { DependsOn }] of byType("AWS::Lambda::Function")) {
      expect(DependsOn).toContain(id.replace(/LambdaFunction$/, "Role"));
    }
    expect(byType("AWS::Lambda::EventSourceMapping").map(([, { DependsOn }]) => DependsOn)).toEqual([
      ["WorkRole"],
    ]);
  });

  test("all are bounded where the stage names a boundary", () => {
    const boundaries = resourcesOf(template, "AWS::IAM::Role").map(
      ({ Properties }) => Properties.PermissionsBoundary,
    );
    expect(boundaries.length).toBe(23);
    expect(new Set(boundaries)).toEqual(new Set([boundary]));
  });

  test("a function writes its own log, in the group that the stack made", () => {
    for (const [id] of byType("AWS::Lambda::Function")) {
      const name = id.replace(/LambdaFunction$/, "");
      expect(sid(`${name}Role`, "WriteOwnLog")).toMatchObject({
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: { "Fn::GetAtt": [`${name}LogGroup`, "Arn"] },
      });
    }
  });

  test("those who need little have little", () => {
    for (const role of ["HealthRole", "OperationsRole"]) expect(allowedTo(role)).toEqual(basic);
    expect(allowedTo("StatusRole").filter((action) => !basic.includes(action))).toEqual(["dynamodb:GetItem"]);
    expect(allowedTo("UploadsRole").filter((action) => !basic.includes(action))).toEqual(["s3:PutObject"]);
  });

  test("only work starts tasks, only in the stage's cluster, and hands them the two task roles and no other", () => {
    const starters = byType("AWS::IAM::Role")
      .map(([id]) => id)
      .filter((role) => allowedTo(role).some((action) => /^(iam:PassRole|ecs:RunTask)$/.test(action)));
    expect(starters).toEqual(["WorkRole"]);
    expect(sid("WorkRole", "PassTaskRoles")).toEqual({
      Sid: "PassTaskRoles",
      Effect: "Allow",
      Action: "iam:PassRole",
      Resource: [{ "Fn::GetAtt": ["TaskRole", "Arn"] }, { "Fn::GetAtt": ["TaskExecutionRole", "Arn"] }],
      Condition: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
    });
    const ownCluster = { ArnEquals: { "ecs:cluster": { "Fn::GetAtt": ["Cluster", "Arn"] } } };
    const ecs = byType("AWS::IAM::Role").flatMap(([id]) =>
      statementsOf(template, id).filter(({ Action }) => /^ecs:(?!TagResource)/.test(String(Action))),
    );
    expect(ecs.length).toBeGreaterThan(4);
    for (const { Condition } of ecs) expect(Condition).toEqual(ownCluster);
    expect(sid("WorkRole", "TagStartedTasks")?.Condition).toEqual({
      StringEquals: { "ecs:CreateAction": "RunTask" },
    });
  });

  test("events carry the stage's name, whoever sends them", () => {
    const senders = byType("AWS::IAM::Role").flatMap(([id]) => sid(id, "PublishEvents") ?? []);
    expect(senders.length).toBeGreaterThan(0);
    for (const { Condition } of senders) {
      expect(Condition).toEqual({ StringEquals: { "events:source": "sluice.prod" } });
    }
  });
});

/** The statements of a role, to add to. */
function statementsInto(changed: Template, role: string): Statement[] {
  const { Policies } = resource(changed, role).Properties as {
    Policies: { PolicyDocument: { Statement: Statement[] } }[];
  };
  const [policy] = Policies;
  if (!policy) throw new Error(`expected ${role} to have a policy`);
  return policy.PolicyDocument.Statement;
}
