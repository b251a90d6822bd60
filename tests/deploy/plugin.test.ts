import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { copyCheckout } from "../../acceptance/support/checkout.ts";
import { packageStage, removePackagedStages } from "../../build/package-stage.ts";
import { type AwsServer, noStack, Refusal, stackOf, startAwsServer } from "../support/deploy/aws-server.ts";
import { type PlantedBuilders, plantBuilders } from "../support/deploy/planted-builders.ts";

const sls = createRequire(import.meta.url).resolve("serverless/bin/serverless.js");
const uri = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/sluice-dev";
const digest = `sha256:${"d".repeat(64)}`;
/** Each starts Serverless, some package the whole stage. */
const slow = { timeout: 120_000 };

let folder: string;
let service: string;
let aws: AwsServer;
let planted: PlantedBuilders;
beforeAll(async () => {
  // A copy: Serverless works beside serverless.yml, and an image is not built from links.
  folder = await mkdtemp(path.join(tmpdir(), "sluice-deploy-"));
  service = path.join(folder, "service");
  await copyCheckout(service);
});
afterAll(() => Promise.all([rm(folder, { recursive: true, force: true }), removePackagedStages()]));

beforeEach(async () => {
  [aws, planted] = [await startAwsServer(), await plantBuilders()];
  await planted.plant("finch");
  const repository = stackOf({ name: "sluice-dev-repository", outputs: { RepositoryUri: uri } });
  Object.assign(aws.answers, {
    "sts.GetCallerIdentity": "<Account>111122223333</Account><Arn>arn:aws:iam::111122223333:user/me</Arn>",
    "cloudformation.DescribeStacks": ({ StackName }: Record<string, unknown>) =>
      StackName === "sluice-dev-repository" ? repository : noStack(String(StackName)),
    "cloudformation.UpdateStack": new Refusal("ValidationError", "No updates are to be performed."),
    "dynamodb.DescribeTable": new Refusal("ResourceNotFoundException"),
    "iam.GetRole": "<Role><RoleName>AWSServiceRoleForECS</RoleName></Role>",
    "servicequotas.GetServiceQuota": { Quota: { Value: 100 } },
    "lambda.GET /2016-08-19/account-settings": { AccountLimit: { UnreservedConcurrentExecutions: 1000 } },
    "ec2.DescribeVpcs": "<vpcSet/>",
    "ecr.DescribeImages": { imageDetails: [{ imageDigest: digest }] },
  });
});
afterEach(() => Promise.all([aws.stop(), planted.restore()]));

/** Runs Serverless as a person would. */
function run(...args: string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
  const environment = Object.entries(process.env).filter(([name]) => !/^(AWS|SLUICE)_/.test(name));
  const env = {
    ...Object.fromEntries(environment),
    ...{ AWS_ENDPOINT_URL: aws.url, AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" },
    SLS_AWS_REQUEST_MAX_RETRIES: "0",
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [sls, ...args], { cwd: service, env }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}

const template = async () =>
  JSON.parse(
    await readFile(path.join(service, ".serverless/cloudformation-template-update-stack.json"), "utf8"),
  );

describe("sls diagnose", () => {
  test("lists what it finds and ends well", slow, async () => {
    const { code, stdout } = await run("diagnose", "--stage", "dev", "--image", "auto");
    expect(stdout).toMatch(/^ok {7}credentials .* as arn:aws:iam::111122223333:user\/me$/m);
    expect(stdout).toMatch(/^ok {7}image builder .*finch$/m);
    expect(code).toBe(0);
  });

  test("ends with 1, and without a stack trace, when a deploy would fail", slow, async () => {
    aws.answers["sts.GetCallerIdentity"] = new Refusal("ExpiredToken", "The token has expired");
    const { code, stdout, stderr } = await run("diagnose", "--stage", "dev", "--image", "auto");
    expect(code).toBe(1);
    expect(stdout).toMatch(/^fatal {4}credentials +The token has expired\n +fix: aws configure/m);
    expect(stdout + stderr).toContain("a deploy will fail: credentials");
    expect(stdout + stderr).not.toMatch(/^\s+at /m);
  });
});

describe("sls deploy", () => {
  test(
    "has ECS's role, and the image's digest in the template, before the stage's stack is made",
    slow,
    async () => {
      aws.answers["iam.GetRole"] = new Refusal("NoSuchEntity", "no", 404);
      aws.answers["iam.CreateServiceLinkedRole"] = "";
      const { stderr } = await run("deploy", "--stage", "dev", "--image", "auto");
      // Serverless's own part ends at the first call that nobody answers here.
      expect(stderr).toContain("is in the repository: nothing to build");
      expect((await template()).Parameters.Image.Default).toBe(`${uri}@${digest}`);
      const order = aws.calls.map(({ call }) => call);
      expect(order).toContain("iam.CreateServiceLinkedRole");
      expect(order.indexOf("cloudformation.UpdateStack")).toBeGreaterThan(
        order.indexOf("sts.GetCallerIdentity"),
      );
      expect(aws.called("cloudformation.UpdateStack")[0]?.TemplateBody).toMatch(
        /"RepositoryName":"sluice-dev","ImageTagMutability":"IMMUTABLE".*"ScanOnPush":true.*countNumber\\": 10/,
      );
    },
  );

  test("makes nothing when the doctor finds what will fail", slow, async () => {
    aws.answers["ec2.DescribeVpcs"] = `<vpcSet>${"<item/>".repeat(100)}</vpcSet>`;
    const { code, stdout, stderr } = await run("deploy", "--stage", "dev", "--image", "auto");
    expect(code).toBe(1);
    expect(stderr).toMatch(/fatal {4}room for a VPC {2}all 100 VPCs/);
    expect(stdout + stderr).toContain("nothing was deployed");
    expect(aws.calls.filter(({ call }) => /Create|Update|Put/.test(call))).toEqual([]);
  });

  test("of a package without an image is refused where the stage has one", slow, async () => {
    const running = `${uri}@sha256:${"0".repeat(64)}`;
    aws.answers["cloudformation.DescribeStacks"] = stackOf({
      name: "sluice-dev",
      parameters: { Image: running },
    });
    expect((await run("package", "--stage", "dev", "--image", "auto", "--package", "packaged")).code).toBe(0);
    const { code, stdout, stderr } = await run(
      "deploy",
      "--stage",
      "dev",
      "--image",
      "auto",
      "--package",
      "packaged",
    );
    expect(stdout + stderr).toContain(`This package has no image, and the stage runs ${running}`);
    expect(code).toBe(1);
    expect(aws.calls.filter(({ call }) => /Create|Update|Put/.test(call))).toEqual([]);
  });
});

describe("sls package", () => {
  test("takes the image of --image, and asks AWS nothing", slow, async () => {
    const { template } = await packageStage("--stage", "dev", "--image", `${uri}@${digest}`);
    expect(template.Parameters.Image?.Default).toBe(`${uri}@${digest}`);
  });

  test("refuses a tag", slow, async () => {
    const { code, stdout, stderr } = await run("package", "--image", `${uri}:latest`);
    expect(stdout + stderr).toContain(`expected the image to be auto, none, or an image by its digest`);
    expect(code).toBe(1);
  });
});

describe("sls remove", () => {
  test("of a stage that does not exist says so, removes its repository, and ends well", slow, async () => {
    Object.assign(aws.answers, {
      "cloudformation.DescribeStacks": ({ StackName }: Record<string, unknown>) =>
        StackName === "sluice-dev-repository" && aws.called("cloudformation.DeleteStack").length === 0
          ? stackOf({ name: "sluice-dev-repository" })
          : noStack(String(StackName)),
      "cloudformation.ListStackResources": "<StackResourceSummaries/>",
      "cloudformation.GetTemplate": '<TemplateBody>{"Resources": {}}</TemplateBody>',
      "cloudformation.DeleteStack": "",
    });
    const { code, stderr } = await run("remove", "--stage", "dev");
    expect(stderr).toContain("There is no stack sluice-dev in eu-west-1");
    expect(aws.called("cloudformation.DeleteStack").map(({ StackName }) => StackName)).toEqual([
      "sluice-dev-repository",
    ]);
    expect(code).toBe(0);
  });
});
