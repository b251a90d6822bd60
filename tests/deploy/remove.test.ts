import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { prepareRemoval, removeRepository, tellKept } from "../../deploy/remove/remove.ts";
import { type AwsServer, noStack, Refusal, stackOf, startAwsServer } from "../support/deploy/aws-server.ts";
import { listener, stageNamed } from "../support/deploy/stage.ts";

const bucket = "sluice-dev-jobs-111122223333-eu-west-1";
const table = "sluice-dev-jobs";
const listed = (resources: [string, string, string][]) =>
  `<StackResourceSummaries>${resources
    .map(
      ([id, type, physical]) =>
        `<member><LogicalResourceId>${id}</LogicalResourceId><ResourceType>${type}</ResourceType><PhysicalResourceId>${physical}</PhysicalResourceId><ResourceStatus>CREATE_COMPLETE</ResourceStatus></member>`,
    )
    .join("")}</StackResourceSummaries>`;
const template = (policies: Record<string, string>) =>
  `<TemplateBody>${JSON.stringify({
    Resources: Object.fromEntries(
      Object.entries(policies).map(([id, DeletionPolicy]) => [id, { Type: "x", DeletionPolicy }]),
    ),
  })}</TemplateBody>`;
const versions = (keys: string[]) =>
  `<ListVersionsResult>${keys
    .map((key) => `<Version><Key>${key}</Key><VersionId>v-${key}</VersionId></Version>`)
    .join("")}</ListVersionsResult>`;

const listVersions = `s3.GET /${bucket}?versions`;
const listUploads = `s3.GET /${bucket}?uploads`;
const deleteObjects = `s3.POST /${bucket}?delete`;
const concurrency = "lambda.PUT /2017-10-31/functions/sluice-dev-sweep/concurrency";
const noVersions = versions([]);
const noUploads = "<ListMultipartUploadsResult/>";

let aws: AwsServer;
let told: ReturnType<typeof listener>;
beforeEach(async () => {
  aws = await startAwsServer();
  told = listener();
  // A dev stage: three objects on two pages, a marker of a deleted one, an unfinished upload, a running task.
  Object.assign(aws.answers, {
    "cloudformation.DescribeStacks": stackOf({ name: "sluice-dev" }),
    "cloudformation.ListStackResources": listed([
      ["JobsBucket", "AWS::S3::Bucket", bucket],
      ["JobsBucketPolicy", "AWS::S3::BucketPolicy", bucket],
      ["ServerlessDeploymentBucket", "AWS::S3::Bucket", "sluice-dev-deployment"],
      ["JobsTable", "AWS::DynamoDB::Table", table],
      ["Cluster", "AWS::ECS::Cluster", "sluice-dev"],
      ["SweepLambdaFunction", "AWS::Lambda::Function", "sluice-dev-sweep"],
    ]),
    "cloudformation.GetTemplate": template({ JobsBucket: "Delete", JobsTable: "Delete" }),
    "dynamodb.DescribeTable": { Table: { ItemCount: 7, TableSizeBytes: 900 } },
    [concurrency]: { ReservedConcurrentExecutions: 0 },
    "ecs.ListTasks": { taskArns: ["arn:task/1"] },
    "ecs.StopTask": { task: {} },
    "ecs.DescribeTasks": { tasks: [{ taskArn: "arn:task/1", lastStatus: "STOPPED" }] },
    [listVersions]: [
      versions(["jobs/1", "jobs/2"]),
      "<ListVersionsResult><Version><Key>jobs/3</Key><VersionId>null</VersionId></Version><DeleteMarker><Key>jobs/4</Key><VersionId>m</VersionId></DeleteMarker></ListVersionsResult>",
      noVersions,
    ],
    [deleteObjects]: "<DeleteResult/>",
    [listUploads]: [
      "<ListMultipartUploadsResult><Upload><Key>jobs/5</Key><UploadId>u1</UploadId></Upload></ListMultipartUploadsResult>",
      noUploads,
    ],
    [`s3.DELETE /${bucket}/jobs/5?uploadId=u1`]: "",
  });
});
afterEach(() => aws.stop());

const prepare = (settings = {}) => prepareRemoval(aws.clients, stageNamed("dev", settings), told);
const order = () => aws.calls.map(({ call }) => call);
/** Calls that change something. */
const changes = () => order().filter((call) => !/Describe|List|GetTemplate|\.GET /.test(call));

describe("a stage that deletes its data", () => {
  test("is brought to rest first, then its own bucket is emptied, page by page", async () => {
    expect(await prepare()).toEqual([]);
    expect(changes()).toEqual([
      concurrency,
      "ecs.StopTask",
      `s3.DELETE /${bucket}/jobs/5?uploadId=u1`,
      deleteObjects,
      deleteObjects,
    ]);
    expect(order().indexOf("ecs.DescribeTasks")).toBeLessThan(order().indexOf(listVersions));
    expect(JSON.parse(String(aws.called(concurrency)[0]?.body))).toEqual({ ReservedConcurrentExecutions: 0 });
    const deleted = aws
      .called(deleteObjects)
      .map(({ body }) =>
        [...String(body).matchAll(/<Key>(.*?)<\/Key>(?:<VersionId>(.*?)<)?/g)].map(([, ...key]) => key),
      );
    expect(deleted).toEqual([
      [
        ["jobs/1", "v-jobs/1"],
        ["jobs/2", "v-jobs/2"],
      ],
      [
        ["jobs/3", "null"],
        ["jobs/4", "m"],
      ],
    ]);
    expect(told.notes).toEqual([`Emptied ${bucket}: 4 objects.`]);
  });

  test("is not removed half way: objects that cannot be deleted stop it", async () => {
    aws.answers[deleteObjects] =
      "<DeleteResult><Error><Key>jobs/1</Key><Message>no</Message></Error></DeleteResult>";
    await expect(prepare()).rejects.toThrow(`1 objects of ${bucket} were not deleted; jobs/1: no`);
  });

  test("is refused before anything is touched while its table is protected", async () => {
    aws.answers["dynamodb.DescribeTable"] = { Table: { DeletionProtectionEnabled: true } };
    await expect(prepare()).rejects.toThrow(
      /sluice-dev-jobs is protected from deletion.*--no-deletion-protection-enabled/,
    );
    expect(changes()).toEqual([]);
  });

  test("is refused before anything is touched when infra/stages.yml says Retain by now", async () => {
    await expect(prepare({ deletionPolicy: "Retain" })).rejects.toThrow(
      /was deployed with deletionPolicy Delete.*says Retain/,
    );
    expect(changes()).toEqual([]);
  });

  test("goes on where a remove had stopped: bucket, table, function and cluster may be gone", async () => {
    Object.assign(aws.answers, {
      [listUploads]: new Refusal("NoSuchBucket", "gone", 404),
      "dynamodb.DescribeTable": new Refusal("ResourceNotFoundException"),
      [concurrency]: new Refusal("ResourceNotFoundException", "gone", 404),
      "ecs.ListTasks": new Refusal("ClusterNotFoundException"),
    });
    expect(await prepare()).toEqual([]);
  });
});

describe("a stage that was deployed with Retain", () => {
  beforeEach(() => {
    aws.answers["cloudformation.GetTemplate"] = template({
      JobsBucket: "Retain",
      JobsTable: "RetainExceptOnCreate",
    });
    aws.answers["dynamodb.DescribeTable"] = {
      Table: { DeletionProtectionEnabled: true, ItemCount: 7, TableSizeBytes: 900 },
    };
  });

  test.each(["Retain", "Delete"])(
    "keeps its data though infra/stages.yml says %s",
    async (deletionPolicy) => {
      expect(await prepare({ deletionPolicy })).toEqual([
        { type: "AWS::S3::Bucket", id: bucket },
        { type: "AWS::DynamoDB::Table", id: table },
      ]);
      expect(changes()).toEqual([concurrency, "ecs.StopTask"]);
    },
  );

  test("says what is kept, how much, and how to delete it", async () => {
    aws.answers[`s3.GET /${bucket}`] =
      "<ListBucketResult><KeyCount>1000</KeyCount><IsTruncated>true</IsTruncated></ListBucketResult>";
    aws.answers["ecr.DescribeImages"] = {
      imageDetails: [{ imageSizeInBytes: 1e8 }, { imageSizeInBytes: 2e7 }],
    };
    const repository = { type: "AWS::ECR::Repository", id: "sluice-dev", stack: "sluice-dev-repository" };
    const logs = { type: "AWS::Logs::LogGroup", id: "/sluice/dev/tasks" };
    await tellKept(aws.clients, stageNamed("dev"), [...((await prepare()) ?? []), logs, repository], told);
    expect(told.warnings[0]?.split("\n").slice(1)).toEqual([
      `  AWS::S3::Bucket ${bucket}: 1000 objects or more`,
      `    aws s3 rb s3://${bucket} --force --region eu-west-1`,
      `  AWS::DynamoDB::Table ${table}: about 7 items, 900 bytes`,
      `    aws dynamodb update-table --table-name ${table} --no-deletion-protection-enabled --region eu-west-1`,
      `    aws dynamodb delete-table --table-name ${table} --region eu-west-1`,
      "  AWS::Logs::LogGroup /sluice/dev/tasks",
      "    aws logs delete-log-group --log-group-name /sluice/dev/tasks --region eu-west-1",
      "  AWS::ECR::Repository sluice-dev: 2 images, 120 MB",
      "    aws ecr delete-repository --repository-name sluice-dev --force --region eu-west-1",
      "    aws cloudformation delete-stack --stack-name sluice-dev-repository --region eu-west-1",
    ]);
  });
});

test("a stack under termination protection is left to Serverless, which refuses it", async () => {
  aws.answers["cloudformation.DescribeStacks"] = stackOf({ name: "sluice-dev", protected: true });
  expect(await prepare()).toEqual([]);
  expect(order()).toEqual(["cloudformation.DescribeStacks"]);
});

test("a stage that does not exist is nothing to prepare", async () => {
  aws.answers["cloudformation.DescribeStacks"] = noStack("sluice-dev");
  expect(await prepare()).toBeUndefined();
});

describe("the repository", () => {
  const name = "sluice-dev-repository";
  const remove = () => removeRepository(aws.clients, stageNamed("dev"), told);
  beforeEach(() => {
    Object.assign(aws.answers, {
      "cloudformation.DescribeStacks": [...Array(2).fill(stackOf({ name })), noStack(name)],
      "cloudformation.ListStackResources": listed([["Repository", "AWS::ECR::Repository", "sluice-dev"]]),
      "cloudformation.GetTemplate": template({ Repository: "Delete" }),
      "cloudformation.DeleteStack": "",
      // Two tags of one image, and an index that holds another: it goes in the second round.
      "ecr.ListImages": [
        {
          imageIds: [
            { imageDigest: "1", imageTag: "a" },
            { imageDigest: "1", imageTag: "b" },
            { imageDigest: "2" },
          ],
        },
        { imageIds: [{ imageDigest: "2" }] },
        { imageIds: [] },
      ],
      "ecr.BatchDeleteImage": [
        { failures: [{ failureCode: "ImageReferencedByManifestList" }] },
        { failures: [] },
      ],
    });
  });

  test("goes with its images", async () => {
    expect(await remove()).toEqual([]);
    expect(aws.called("ecr.BatchDeleteImage").map(({ imageIds }) => imageIds)).toEqual([
      [{ imageDigest: "1" }, { imageDigest: "2" }],
      [{ imageDigest: "2" }],
    ]);
    expect(order().lastIndexOf("ecr.ListImages")).toBeLessThan(order().indexOf("cloudformation.DeleteStack"));
    expect(told.notes).toEqual(["Emptied the repository sluice-dev: 2 images."]);
  });

  test("stays, stack and all, when it was deployed with Retain", async () => {
    aws.answers["cloudformation.GetTemplate"] = template({ Repository: "Retain" });
    expect(await remove()).toEqual([{ type: "AWS::ECR::Repository", id: "sluice-dev", stack: name }]);
    expect(changes()).toEqual([]);
  });

  test("that is not there is nothing to remove", async () => {
    aws.answers["cloudformation.DescribeStacks"] = noStack(name);
    expect(await remove()).toEqual([]);
    expect(changes()).toEqual([]);
  });
});
