import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { examine, report } from "../../deploy/doctor/examine.ts";
import { imageTag } from "../../deploy/image/content.ts";
import type { Settings } from "../../deploy/stage.ts";
import {
  type Answer,
  type AwsServer,
  noStack,
  Refusal,
  stackOf,
  startAwsServer,
} from "../support/deploy/aws-server.ts";
import { type PlantedBuilders, plantBuilders } from "../support/deploy/planted-builders.ts";
import { stageNamed } from "../support/deploy/stage.ts";

const root = path.resolve(import.meta.dirname, "../..");
const uri = `111122223333.dkr.ecr.eu-west-1.amazonaws.com/sluice-dev@sha256:${"d".repeat(64)}`;
const settings = "lambda.GET /2016-08-19/account-settings";
const items = (list: string[]) => list.map((item) => `<item>${item}</item>`).join("");
const vpcs = (count: number) => `<vpcSet>${items(Array(count).fill("<vpcId>vpc-1</vpcId>"))}</vpcSet>`;
const subnets = (...list: [string, string][]) =>
  `<subnetSet>${items(list.map(([vpc, zone]) => `<vpcId>${vpc}</vpcId><availabilityZone>${zone}</availabilityZone>`))}</subnetSet>`;
const zones = (...list: string[]) =>
  `<availabilityZoneInfo>${items(list.map((id) => `<zoneId>${id}</zoneId>`))}</availabilityZoneInfo>`;
const groups = (vpc: string) => `<securityGroupInfo>${items([`<vpcId>${vpc}</vpcId>`])}</securityGroupInfo>`;
const lambdas = (limit: number) => ({ AccountLimit: { UnreservedConcurrentExecutions: limit } });

let aws: AwsServer;
let planted: PlantedBuilders;
let quotas: Record<string, number>;
beforeEach(async () => {
  [aws, planted] = [await startAwsServer(), await plantBuilders()];
  await planted.plant("podman");
  quotas = { "L-3032A538": 100, "L-36FBB829": 100, "L-F678F1CE": 5 };
  // An account in which nothing is wrong, before the first deploy.
  Object.assign(aws.answers, {
    "sts.GetCallerIdentity": "<Account>111122223333</Account><Arn>arn:aws:iam::111122223333:user/me</Arn>",
    "cloudformation.DescribeStacks": noStack("sluice-dev"),
    "cloudformation.ListStackResources": listed(["Vpc", "AWS::EC2::VPC", "vpc-1"], jobsTable, sweep),
    [concurrency]: {},
    "dynamodb.DescribeTable": new Refusal("ResourceNotFoundException"),
    "iam.GetRole": "<Role><RoleName>AWSServiceRoleForECS</RoleName></Role>",
    "servicequotas.GetServiceQuota": ({ QuotaCode }: Record<string, unknown>) => ({
      Quota: { Value: quotas[String(QuotaCode)] },
    }),
    [settings]: lambdas(1000),
    "ec2.DescribeVpcs": vpcs(4),
    "ec2.DescribeAvailabilityZones": zones("euw1-az1", "euw1-az2", "euw1-az3"),
    "ec2.DescribeSubnets": subnets(["vpc-1", "eu-west-1a"], ["vpc-1", "eu-west-1b"]),
    "ec2.DescribeSecurityGroups": groups("vpc-1"),
    "ecr.DescribeImages": new Refusal("ImageNotFoundException"),
  });
});
afterEach(() => Promise.all([aws.stop(), planted.restore()]));

const look = (image = "auto", changed: Partial<Settings> = {}) =>
  examine(aws.clients, stageNamed("dev", changed, root), image);
const findingOf = async (what: string, ...args: Parameters<typeof look>) =>
  (await look(...args)).find((finding) => finding.what === what);

const deployed = (status = "UPDATE_COMPLETE") => stackOf({ name: "sluice-dev", status });
const jobsTable = ["JobsTable", "AWS::DynamoDB::Table", "sluice-dev-jobs"] as const;
const sweep = ["SweepLambdaFunction", "AWS::Lambda::Function", "sluice-dev-sweep"] as const;
const concurrency = "lambda.GET /2019-09-30/functions/sluice-dev-sweep/concurrency";
const listed = (...resources: (readonly [id: string, type: string, name: string, status?: string])[]) =>
  `<StackResourceSummaries>${resources
    .map(
      ([id, type, name, status = "CREATE_COMPLETE"]) =>
        `<member><LogicalResourceId>${id}</LogicalResourceId><ResourceType>${type}</ResourceType><PhysicalResourceId>${name}</PhysicalResourceId><ResourceStatus>${status}</ResourceStatus></member>`,
    )
    .join("")}</StackResourceSummaries>`;
const existing = { network: "existing", subnetIds: "subnet-a, subnet-b", securityGroupIds: "sg-a" };

test("an account in which nothing is wrong", async () => {
  const tag = await imageTag({ folder: root, architecture: "arm64", buildArguments: [] });
  const diagnosis = await look();
  expect(diagnosis.filter(({ status }) => status !== "ok")).toEqual([]);
  expect(report(diagnosis)).toBe(`\
ok       credentials              account 111122223333 in eu-west-1, as arn:aws:iam::111122223333:user/me
ok       stack                    sluice-dev is not there yet: a first deploy
ok       functions run            there are none yet
ok       names are free           no table sluice-dev-jobs of an earlier stage
ok       ECS service-linked role  AWSServiceRoleForECS is there
ok       Fargate on-demand vCPU   100 vCPU, of which the stage uses at most 40
ok       Fargate Spot vCPU        100 vCPU, of which the stage uses at most 40
ok       Lambda concurrency       1000, of which the stage uses at most about 155
ok       room for a VPC           4 of 5 VPCs are used
ok       zones with Fargate       3 of the 3 in eu-west-1
ok       image builder            podman
ok       image                    sluice-dev:${tag} is to be built and pushed
`);
});

type Planted = [what: string, call: string, answer: Answer, status: string, found: RegExp, fix: RegExp];

const faults: Planted[] = [
  [
    ...([
      "credentials",
      "sts.GetCallerIdentity",
      new Refusal("InvalidClientTokenId", "The token is invalid"),
    ] as const),
    ...([
      "fatal",
      /refuses the credentials in eu-west-1: The token is invalid/,
      /enable-region --region-name eu-west-1/,
    ] as const),
  ],
  [
    "credentials",
    "sts.GetCallerIdentity",
    new Refusal("ExpiredToken", "It has expired"),
    "fatal",
    /It has expired/,
    /sso login/,
  ],
  [
    ...([
      "ECS service-linked role",
      "iam.GetRole",
      new Refusal("NoSuchEntity", "no", 404),
      "warning",
    ] as const),
    ...([
      /has no AWSServiceRoleForECS/,
      /aws iam create-service-linked-role --aws-service-name ecs.amazonaws.com$/,
    ] as const),
  ],
  [
    "names are free",
    "dynamodb.DescribeTable",
    { Table: {} },
    "fatal",
    /sluice-dev-jobs is there and no stack owns it/,
    /--no-deletion-protection-enabled --table-name sluice-dev-jobs --region eu-west-1 && .*import/,
  ],
  [
    "Lambda concurrency",
    settings,
    lambdas(10),
    "fatal",
    /^10: the stage may take 155 \(workConcurrency 50, waitHolders 100, 5 for the rest\)/,
    /^npm run deploy -- --stage dev --param workConcurrency=2 --param waitHolders=3, or: aws .*L-B99A9384/,
  ],
  [
    "room for a VPC",
    "ec2.DescribeVpcs",
    vpcs(5),
    "fatal",
    /all 5 VPCs of eu-west-1/,
    /existing.*L-F678F1CE --desired-value 10/,
  ],
  ...["CREATE_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS"].map(
    (status): Planted => [
      "stack",
      "cloudformation.DescribeStacks",
      deployed(status),
      "fatal",
      /takes no update/,
      /wait/,
    ],
  ),
  ...["ROLLBACK_COMPLETE", "DELETE_FAILED"].map(
    (status): Planted => [
      "stack",
      "cloudformation.DescribeStacks",
      deployed(status),
      "fatal",
      /takes no update/,
      /npm run remove -- --stage dev/,
    ],
  ),
  [
    "stack",
    "cloudformation.DescribeStacks",
    deployed("UPDATE_ROLLBACK_FAILED"),
    "fatal",
    /no update/,
    /continue-update-rollback --stack-name sluice-dev --region eu-west-1$/,
  ],
  [
    "stack",
    "cloudformation.DescribeStacks",
    deployed("REVIEW_IN_PROGRESS"),
    "fatal",
    /no update/,
    /^aws cloudformation delete-stack --stack-name sluice-dev --region eu-west-1$/,
  ],
];

test.each(faults)("%s: %s", async (what, call, answer, status, found, fix) => {
  aws.answers[call] = answer;
  expect(await findingOf(what)).toEqual({
    what,
    status,
    found: expect.stringMatching(found),
    fix: expect.stringMatching(fix),
  });
});

test("without credentials nothing more is asked of AWS, and this machine's builder is still looked at", async () => {
  aws.answers["sts.GetCallerIdentity"] = new Refusal("ExpiredToken");
  expect(await look()).toEqual([
    expect.objectContaining({ what: "credentials", status: "fatal" }),
    expect.objectContaining({ what: "image builder", status: "ok", found: "podman" }),
  ]);
  expect(aws.calls).toHaveLength(1);
});

describe("Fargate quotas", () => {
  test.each([
    [0, "warning", /^0 vCPU: no task can start/],
    [2, "warning", /^2 vCPU: a job may be given 4 \(maxTaskVcpu\) and never start/],
    [6, "warning", /^6 vCPU: less than the 40 of maxRunningVcpu/],
    [40, "ok", /^40 vCPU/],
  ])("of %d vCPU", async (vcpu, status, found) => {
    for (const [what, code] of [
      ["Fargate on-demand vCPU", "L-3032A538"],
      ["Fargate Spot vCPU", "L-36FBB829"],
    ] as const) {
      quotas = { ...quotas, "L-3032A538": 100, "L-36FBB829": 100, [code]: vcpu };
      const finding = await findingOf(what);
      expect(finding).toMatchObject({ status, found: expect.stringMatching(found) });
      if (status === "warning")
        expect(finding?.fix).toContain(`--quota-code ${code} --desired-value 40 --region eu-west-1`);
    }
  });

  test("that the account never changed are AWS's defaults", async () => {
    aws.answers["servicequotas.GetServiceQuota"] = new Refusal("NoSuchResourceException");
    aws.answers["servicequotas.GetAWSDefaultServiceQuota"] = { Quota: { Value: 6 } };
    expect((await findingOf("Fargate on-demand vCPU"))?.found).toMatch(/^6 vCPU/);
  });

  test("are not needed by a stage without an image, nor Spot's by one without Spot", async () => {
    expect((await findingOf("Fargate on-demand vCPU", "none"))?.found).toMatch(/^not needed/);
    expect((await findingOf("Fargate Spot vCPU", "auto", { spot: "false" }))?.found).toMatch(/^not needed/);
    expect(
      aws
        .called("servicequotas.GetServiceQuota")
        .map(({ QuotaCode }) => QuotaCode)
        .sort(),
    ).toEqual(["L-3032A538", "L-F678F1CE", "L-F678F1CE"].sort());
  });
});

describe("a stage that is deployed", () => {
  test("needs no room for a VPC and owns its names", async () => {
    aws.answers["cloudformation.DescribeStacks"] = deployed();
    aws.answers["ec2.DescribeVpcs"] = vpcs(5);
    aws.answers["dynamodb.DescribeTable"] = { Table: {} };
    expect((await look()).filter(({ status }) => status !== "ok")).toEqual([]);
  });

  test("whose functions a remove has stopped is told that a deploy starts none", async () => {
    aws.answers["cloudformation.DescribeStacks"] = deployed();
    aws.answers[concurrency] = { ReservedConcurrentExecutions: 0 };
    expect(await findingOf("functions run")).toMatchObject({
      status: "warning",
      found: expect.stringMatching(/a deploy starts none: sluice-dev-sweep$/),
      fix: expect.stringContaining("delete-function-concurrency"),
    });
  });
});

// Serverless makes the stack with its own bucket first, so that it is there after all else was rolled back.
describe("a first deploy that failed leaves a stack that owns next to nothing", () => {
  const bucket = ["ServerlessDeploymentBucket", "AWS::S3::Bucket", "bucket"] as const;
  beforeEach(() => {
    aws.answers["cloudformation.DescribeStacks"] = deployed("UPDATE_ROLLBACK_COMPLETE");
    aws.answers["cloudformation.ListStackResources"] = listed(bucket);
  });

  test("the protected table, which the rollback could not delete, is in the way", async () => {
    aws.answers["dynamodb.DescribeTable"] = { Table: { DeletionProtectionEnabled: true } };
    expect(await findingOf("names are free")).toMatchObject({ status: "fatal" });
    aws.answers["cloudformation.ListStackResources"] = listed(bucket, [...jobsTable, "DELETE_FAILED"]);
    expect(await findingOf("names are free")).toMatchObject({ status: "fatal" });
  });

  test("the VPC is still to be made", async () => {
    aws.answers["ec2.DescribeVpcs"] = vpcs(5);
    expect(await findingOf("room for a VPC")).toMatchObject({ status: "fatal" });
  });
});

describe("an existing network", () => {
  const find = (changed = existing) => findingOf("existing network", "auto", changed);

  test("of two zones of one VPC", async () => {
    expect(await find()).toMatchObject({ status: "ok", found: "vpc-1, 2 zones" });
    expect(aws.called("ec2.DescribeSubnets")).toEqual([
      expect.objectContaining({ "SubnetId.1": "subnet-a", "SubnetId.2": "subnet-b" }),
    ]);
  });

  test.each<[string, string, Answer, string, RegExp]>([
    [
      "of one zone",
      "ec2.DescribeSubnets",
      subnets(["vpc-1", "a"], ["vpc-1", "a"]),
      "warning",
      /all subnets are in a/,
    ],
    ["of two VPCs", "ec2.DescribeSecurityGroups", groups("vpc-2"), "fatal", /in 2 VPCs \(vpc-1, vpc-2\)/],
    [
      ...(["that is not there", "ec2.DescribeSubnets"] as const),
      ...([
        new Refusal("InvalidSubnetID.NotFound", "subnet-b is gone"),
        "fatal",
        /subnet-b is gone/,
      ] as const),
    ],
  ])("%s", async (_, call, answer, status, found) => {
    aws.answers[call] = answer;
    expect(await find()).toMatchObject({
      status,
      found: expect.stringMatching(found),
      fix: expect.any(String),
    });
  });

  test("that is not named", async () => {
    expect(await find({ ...existing, subnetIds: " , " })).toMatchObject({ status: "fatal" });
  });
});

describe("the builder", () => {
  test("is not there", async () => {
    await planted.restore();
    planted = await plantBuilders();
    expect(await findingOf("image builder")).toMatchObject({
      status: "warning",
      fix: expect.stringContaining("install"),
    });
  });

  test("is there without its daemon", async () => {
    await planted.plant("podman", "info");
    expect(await findingOf("image builder")).toMatchObject({
      status: "warning",
      found: "podman is installed but does not answer: Cannot connect to the daemon",
    });
  });
});

describe("the image", () => {
  test("is in the repository already", async () => {
    aws.answers["ecr.DescribeImages"] = { imageDetails: [{ imageDigest: "sha256:d" }] };
    expect((await findingOf("image"))?.found).toMatch(/is there, nothing to build$/);
    expect(await findingOf("image", uri)).toMatchObject({ status: "ok", found: uri });
    expect(aws.called("ecr.DescribeImages").at(-1)?.imageIds).toEqual([{ imageDigest: uri.split("@")[1] }]);
  });

  test("is named, and not there", async () => {
    expect(await findingOf("image", uri)).toMatchObject({
      status: "fatal",
      found: expect.stringContaining("no task could start"),
    });
  });

  test("is in a repository that tasks may not pull from", async () => {
    expect(await findingOf("image", uri.replace("sluice-dev", "team/other"))).toMatchObject({
      status: "warning",
      fix: "deploy with --param repository=team/other",
    });
  });
});

describe("what may not be looked at is a warning that names the permission", () => {
  const calls: [string, string, RegExp, string?][] = [
    ["ECS service-linked role", "iam.GetRole", /^allow iam:GetRole,/],
    ["names are free", "dynamodb.DescribeTable", /dynamodb:DescribeTable/, "AccessDeniedException"],
    [
      "Fargate on-demand vCPU",
      "servicequotas.GetServiceQuota",
      /servicequotas:GetServiceQuota/,
      "AccessDeniedException",
    ],
    ["Lambda concurrency", settings, /lambda:GetAccountSettings/, "AccessDeniedException"],
    ["room for a VPC", "ec2.DescribeVpcs", /ec2:DescribeVpcs/, "UnauthorizedOperation"],
    ["image", "ecr.DescribeImages", /ecr:DescribeImages/, "AccessDeniedException"],
    ["stack", "cloudformation.DescribeStacks", /cloudformation:DescribeStacks/],
  ];
  test.each(calls)("%s", async (what, call, fix, code = "AccessDenied") => {
    aws.answers[call] = new Refusal(code, "User: me is not authorized", 403);
    expect(await findingOf(what)).toMatchObject({
      status: "warning",
      found: "not looked at: these credentials may not",
      fix: expect.stringMatching(fix),
    });
  });

  test("and an answer that is not AWS's is said to be that", async () => {
    aws.answers["servicequotas.GetServiceQuota"] = "<html>please sign in</html>";
    expect(await findingOf("Fargate on-demand vCPU")).toMatchObject({
      status: "warning",
      found: expect.stringMatching(/the answer is not AWS's: a proxy or a gateway may stand in between/),
    });
  });

  test("and what AWS does not answer is one that says so", async () => {
    aws.answers["iam.GetRole"] = new Refusal("ServiceFailure", "try later", 500);
    expect(await findingOf("ECS service-linked role")).toMatchObject({
      status: "warning",
      found: "not looked at: ServiceFailureException, try later",
    });
  });
});
