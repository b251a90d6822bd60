import { readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type PackagedStage, packageStage, removePackagedStages } from "../../build/package-stage.ts";
import {
  physicalNames,
  type Resource,
  resource,
  resourcesOf,
  routesOf,
  type Template,
} from "../../build/template.ts";
import { limits } from "../../jobs/timing.ts";

const image = `111122223333.dkr.ecr.eu-west-1.amazonaws.com/sluice-prod@sha256:${"0".repeat(64)}`;
const jwt = [
  "--param",
  "auth=jwt",
  "--param",
  "jwtIssuer=https://issuer.example",
  "--param",
  "jwtAudience=sluice",
];
const existingNetwork = ["network=existing", "subnetIds=subnet-0a,subnet-0b", "securityGroupIds=sg-0a"];

let dev: PackagedStage; // as it comes: iam, Lambda-only, its own network
let prod: PackagedStage; // jwt, with an image
let open: PackagedStage; // none, in an existing network
beforeAll(async () => {
  [dev, prod] = await Promise.all([
    packageStage("--stage", "dev"),
    packageStage("--stage", "prod", ...jwt, "--param", `image=${image}`),
  ]);
  open = await packageStage(
    ...["--stage", "open", "--param", "auth=none", "--param", "retentionDays=2"],
    ...["--param", "maxTasks=7", "--param", "maxRunningVcpu=9"],
    ...["--param", "monthlyBudgetUsd=120", "--param", "alarmEmail=team@example.com"],
    ...existingNetwork.flatMap((parameter) => ["--param", parameter]),
  );
}, 240_000);
afterAll(removePackagedStages);

const properties = (template: Template, id: string) => resource(template, id).Properties;
const only = (template: Template, type: string): Resource => {
  const [first, ...more] = resourcesOf(template, type);
  if (!first || more.length > 0)
    throw new Error(`expected one ${type}, got ${more.length + (first ? 1 : 0)}`);
  return first;
};

describe("HTTP API", () => {
  const guarded = [
    ...["POST /jobs", "GET /jobs"],
    ...["GET /jobs/{jobId}", "GET /jobs/{jobId}/status"],
    "GET /jobs/{jobId}/result",
    "DELETE /jobs/{jobId}",
    "POST /jobs/{jobId}/retry",
    ...["POST /batches", "GET /batches/{batchId}", "DELETE /batches/{batchId}"],
    ...["POST /batches/{batchId}/retry", "GET /batches/{batchId}/result"],
    "HEAD /jobs/{jobId}/result",
    "POST /uploads",
    "POST /plans",
    "GET /operations",
  ];
  const routes = (type: string) => ({
    ...Object.fromEntries(guarded.map((route) => [route, type])),
    "GET /health": "NONE",
  });

  test("is guarded by SigV4 unless the stage says otherwise", () => {
    expect(routesOf(dev.template)).toEqual(routes("AWS_IAM"));
    expect(resourcesOf(dev.template, "AWS::ApiGatewayV2::Authorizer")).toEqual([]);
  });

  test("is guarded by the stage's token issuer with auth=jwt", () => {
    expect(routesOf(prod.template)).toEqual(routes("JWT"));
    expect(only(prod.template, "AWS::ApiGatewayV2::Authorizer").Properties).toMatchObject({
      AuthorizerType: "JWT",
      IdentitySource: ["$request.header.Authorization"],
      JwtConfiguration: { Issuer: "https://issuer.example", Audience: ["sluice"] },
    });
  });

  test("is open only with auth=none", () => {
    expect(routesOf(open.template)).toEqual(routes("NONE"));
  });

  test("tells its functions which of the three holds", () => {
    const told = [dev, prod, open].map(
      ({ template }) => properties(template, "SubmitLambdaFunction").Environment,
    );
    expect(told).toMatchObject(["iam", "jwt", "none"].map((AUTH) => ({ Variables: { AUTH } })));
  });

  test("has limits of its own, and a line for each request where the stage asks for it", () => {
    for (const { template } of [dev, prod]) {
      expect(properties(template, "HttpApiStage").DefaultRouteSettings).toMatchObject({
        ThrottlingRateLimit: 200,
        ThrottlingBurstLimit: 400,
      });
    }
    expect(properties(dev.template, "HttpApiStage").AccessLogSettings).toBeUndefined();
    const { Format } = properties(prod.template, "HttpApiStage").AccessLogSettings as { Format: string };
    expect(Object.keys(JSON.parse(Format))).toEqual(
      expect.arrayContaining(["requestId", "caller", "routeKey", "status", "error"]),
    );
  });

  test("is not packaged when the guard is misspelt or incomplete", { timeout: 60_000 }, async () => {
    const misspelt = packageStage("--param", "auth=iamm");
    await expect(misspelt).rejects.toThrow('auth: expected one of iam, jwt, none, got "iamm"');
    await expect(packageStage("--param", "auth=jwt")).rejects.toThrow("auth=jwt needs jwtIssuer");
  });
});

describe("functions", () => {
  test("run on Node 24 and arm64, each from its own file", async () => {
    const functions = resourcesOf(dev.template, "AWS::Lambda::Function");
    expect(functions.length).toBe(21);
    for (const { Properties } of functions) {
      expect(Properties).toMatchObject({ Runtime: "nodejs24.x", Architectures: ["arm64"] });
      const [file] = String(Properties.Handler).split(".");
      const name = String(Properties.FunctionName).split("-").at(-1);
      const zip = await readFile(path.join(dev.folder, `${name}.zip`));
      expect(zip.includes(`${file}.cjs`), `${name}.zip holds its handler`).toBe(true);
      expect(zip.includes("node_modules/"), `${name}.zip is one bundle`).toBe(false);
      // A cold start loads all of it.
      expect(zip.byteLength, `${name}.zip`).toBeLessThan(1_000_000);
    }
  });

  test("know their stage through the environment, within Lambda's 4 KB", () => {
    for (const { Properties } of resourcesOf(prod.template, "AWS::Lambda::Function")) {
      const { Variables } = Properties.Environment as { Variables: Record<string, unknown> };
      expect(Variables).toMatchObject({
        STAGE: "prod",
        TABLE_NAME: { Ref: "JobsTable" },
        BUCKET_NAME: { Ref: "JobsBucket" },
        QUEUE_URL: { Ref: "JobsQueue" },
        DEAD_LETTER_QUEUE_URL: { Ref: "JobsDeadLetterQueue" },
        MAX_TASKS: "20",
        MAX_RUNNING_VCPU: "40",
        WORK_MEMORY_MIB: "1769",
        FARGATE_SPOT: "false",
      });
      expect(JSON.stringify(Variables).length).toBeLessThan(4096);
    }
  });

  test("keep their logs for a bounded time", () => {
    const days = resourcesOf(prod.template, "AWS::Logs::LogGroup").map(
      (group) => group.Properties.RetentionInDays,
    );
    expect(days.length).toBe(23); // 21 functions, the tasks and the API
    expect(new Set(days)).toEqual(new Set([90]));
  });
});

describe("queue", () => {
  test("delivers ten messages at a time, each of which may come back by itself, and again only after six timeouts", () => {
    const work = properties(dev.template, "WorkLambdaFunction");
    expect(work).toMatchObject({ MemorySize: 1769, Timeout: 120, RecursiveLoop: "Allow" });
    expect(only(dev.template, "AWS::Lambda::EventSourceMapping").Properties).toMatchObject({
      BatchSize: limits.batchMessages,
      FunctionResponseTypes: ["ReportBatchItemFailures"],
      EventSourceArn: { "Fn::GetAtt": ["JobsQueue", "Arn"] },
      ScalingConfig: { MaximumConcurrency: 50 },
    });
    expect(properties(dev.template, "JobsQueue").VisibilityTimeout).toBeGreaterThanOrEqual(
      6 * Number(work.Timeout),
    );
  });

  test("redrive is for people: nothing calls it, and it has time to read a queue", () => {
    expect(properties(dev.template, "RedriveLambdaFunction")).toMatchObject({ Timeout: 120 });
    const targets = [
      "AWS::Lambda::EventSourceMapping",
      "AWS::Lambda::Permission",
      "AWS::Events::Rule",
      "AWS::ApiGatewayV2::Integration",
    ].flatMap((type) => resourcesOf(dev.template, type));
    expect(targets.length).toBeGreaterThan(10);
    expect(targets.filter((target) => JSON.stringify(target).includes("Redrive"))).toEqual([]);
  });

  test("parks poison where it outlives the queue's own retention and nothing consumes it", () => {
    expect(properties(dev.template, "JobsQueue")).toMatchObject({
      MessageRetentionPeriod: 4 * 86_400,
      SqsManagedSseEnabled: true,
      RedrivePolicy: {
        deadLetterTargetArn: { "Fn::GetAtt": ["JobsDeadLetterQueue", "Arn"] },
        maxReceiveCount: 5,
      },
    });
    expect(properties(dev.template, "JobsDeadLetterQueue")).toMatchObject({
      MessageRetentionPeriod: 14 * 86_400,
      SqsManagedSseEnabled: true,
    });
  });
});

describe("storage", () => {
  test("keys, indexes, time to live and recovery of the table", () => {
    expect(properties(dev.template, "JobsTable")).toMatchObject({
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      GlobalSecondaryIndexes: [
        { IndexName: "byOwner", KeySchema: [{ AttributeName: "owner" }, { AttributeName: "createdSort" }] },
        { IndexName: "byDue", KeySchema: [{ AttributeName: "dueShard" }, { AttributeName: "dueAt" }] },
        { IndexName: "byLine", KeySchema: [{ AttributeName: "line" }, { AttributeName: "lineSince" }] },
      ],
      TimeToLiveSpecification: { AttributeName: "ttl", Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
  });

  test("the bucket is private, encrypted, and forgets a day after the records do", () => {
    const bucket = properties(dev.template, "JobsBucket");
    expect(bucket.PublicAccessBlockConfiguration).toEqual({
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    });
    expect(JSON.stringify(bucket.BucketEncryption)).toContain("AES256");
    expect(bucket).toMatchObject({
      LifecycleConfiguration: {
        Rules: [
          { Prefix: "jobs/", ExpirationInDays: 8 },
          { Prefix: "uploads/", ExpirationInDays: 8 },
          { AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } },
        ],
      },
      CorsConfiguration: {
        CorsRules: [{ AllowedMethods: ["GET", "PUT"], ExposedHeaders: ["ETag", "Content-Range"] }],
      },
    });
    expect(properties(open.template, "JobsBucket")).toMatchObject({
      LifecycleConfiguration: { Rules: [{ ExpirationInDays: 3 }, { ExpirationInDays: 3 }, {}] },
    });
  });

  test("bucket and queues refuse anything but TLS", () => {
    for (const id of ["JobsBucketPolicy", "JobsQueuePolicy", "JobsDeadLetterQueuePolicy"]) {
      expect(properties(dev.template, id)).toMatchObject({
        PolicyDocument: {
          Statement: [
            { Effect: "Deny", Principal: "*", Condition: { Bool: { "aws:SecureTransport": "false" } } },
          ],
        },
      });
    }
  });

  test("data goes with a dev stage and outlives a prod stage", () => {
    const kept = Object.entries(prod.template.Resources).filter(([, { DeletionPolicy }]) => DeletionPolicy);
    expect(kept.map(([id]) => id).sort()).toEqual(["JobsBucket", "JobsBucketPolicy", "JobsTable"]);
    for (const [id, { DeletionPolicy, UpdateReplacePolicy }] of kept) {
      expect([DeletionPolicy, UpdateReplacePolicy]).toEqual(["RetainExceptOnCreate", "Retain"]);
      expect(resource(dev.template, id)).toMatchObject({ DeletionPolicy: "Delete" });
    }
    expect(properties(prod.template, "JobsTable").DeletionProtectionEnabled).toBe(true);
  });
});

describe("Fargate", () => {
  const environmentOfTask = (template: Template) => {
    const { ContainerDefinitions } = properties(template, "TaskDefinition") as {
      ContainerDefinitions: { Environment: { Name: string; Value: unknown }[] }[];
    };
    return Object.fromEntries(
      (ContainerDefinitions[0]?.Environment ?? []).map(({ Name, Value }) => [Name, Value]),
    );
  };

  test("the task definition is arm64, unprivileged, and has time to stop", () => {
    expect(properties(prod.template, "TaskDefinition")).toMatchObject({
      RequiresCompatibilities: ["FARGATE"],
      RuntimePlatform: { CpuArchitecture: "ARM64", OperatingSystemFamily: "LINUX" },
      ContainerDefinitions: [
        { Name: "job", Image: { Ref: "Image" }, ReadonlyRootFilesystem: true, StopTimeout: 120 },
      ],
    });
    expect(environmentOfTask(prod.template)).toEqual({
      ...{ AWS_REGION: { Ref: "AWS::Region" }, STAGE: "prod" },
      TABLE_NAME: { Ref: "JobsTable" },
      BUCKET_NAME: { Ref: "JobsBucket" },
      QUEUE_URL: { Ref: "JobsQueue" },
      MAX_TASK_VCPU: 4,
      MAX_RUNNING_VCPU: 40,
      ...{ RECORD_ARRAYS: "on", RETENTION_DAYS: "7" },
    });
    expect(properties(prod.template, "Cluster")).toMatchObject({
      CapacityProviders: ["FARGATE", "FARGATE_SPOT"],
      ClusterSettings: [{ Name: "containerInsights", Value: "disabled" }],
    });
  });

  test("what the stage may spend on tasks at once is a parameter, in functions and tasks alike", () => {
    for (const { Properties } of resourcesOf(open.template, "AWS::Lambda::Function")) {
      expect(Properties.Environment).toMatchObject({ Variables: { MAX_TASKS: "7", MAX_RUNNING_VCPU: "9" } });
    }
    expect(Number(environmentOfTask(open.template).MAX_RUNNING_VCPU)).toBe(9);
  });

  test("a stage without an image has no task definition and says so to its functions", () => {
    expect(dev.template.Conditions.HasImage).toEqual({
      "Fn::Not": [{ "Fn::Equals": [{ Ref: "Image" }, "none"] }],
    });
    expect(dev.template.Parameters.Image?.Default).toBe("none");
    expect(prod.template.Parameters.Image?.Default).toBe(image);
    expect(resource(dev.template, "TaskDefinition").Condition).toBe("HasImage");
    expect(properties(dev.template, "SubmitLambdaFunction")).toMatchObject({
      Environment: {
        Variables: { TASK_DEFINITION_ARN: { "Fn::If": ["HasImage", { Ref: "TaskDefinition" }, ""] } },
      },
    });
  });

  test("settle hears only this stage's cluster, and only of tasks that have stopped", () => {
    const rules = resourcesOf(dev.template, "AWS::Events::Rule").filter(
      (rule) => rule.Properties.EventPattern,
    );
    expect(rules.map((rule) => rule.Properties.EventPattern)).toEqual([
      {
        source: ["aws.ecs"],
        "detail-type": ["ECS Task State Change"],
        detail: { clusterArn: [{ "Fn::GetAtt": ["Cluster", "Arn"] }], lastStatus: ["STOPPED"] },
      },
    ]);
  });

  test("its own network lets nothing in, spans three zones, and keeps S3 and DynamoDB traffic inside AWS", () => {
    expect(properties(dev.template, "TaskSecurityGroup").SecurityGroupIngress).toEqual([]);
    const zones = resourcesOf(dev.template, "AWS::EC2::Subnet").map((subnet) =>
      JSON.stringify(subnet.Properties.AvailabilityZone),
    );
    expect(new Set(zones).size).toBe(3);
    const ids = ["SubnetA", "SubnetB", "SubnetC"].map((Ref) => ({ Ref }));
    const Variables = { SUBNET_IDS: { "Fn::Join": [",", ids] } };
    expect(properties(dev.template, "SubmitLambdaFunction")).toMatchObject({ Environment: { Variables } });
    const endpoints = resourcesOf(dev.template, "AWS::EC2::VPCEndpoint");
    expect(endpoints.map((endpoint) => endpoint.Properties.VpcEndpointType)).toEqual(["Gateway", "Gateway"]);
  });

  test("an existing network is used as it is", () => {
    expect(
      Object.values(open.template.Resources).filter(({ Type }) => Type.startsWith("AWS::EC2::")),
    ).toEqual([]);
    expect(properties(open.template, "SubmitLambdaFunction")).toMatchObject({
      Environment: { Variables: { SUBNET_IDS: "subnet-0a,subnet-0b", SECURITY_GROUP_IDS: "sg-0a" } },
    });
  });
});

describe("money", () => {
  test("a budget is there when the stage has one, of its own costs, and tells its address", () => {
    expect(dev.template.Parameters.MonthlyBudgetUsd?.Default).toBe(0);
    expect(dev.template.Conditions.HasBudget).toEqual({
      "Fn::Not": [{ "Fn::Equals": [{ Ref: "MonthlyBudgetUsd" }, 0] }],
    });
    expect(open.template.Parameters.MonthlyBudgetUsd?.Default).toBe(120);
    const address = [{ SubscriptionType: "EMAIL", Address: "team@example.com" }];
    expect(resource(open.template, "Budget")).toMatchObject({
      Condition: "HasBudget",
      Properties: {
        Budget: {
          FilterExpression: {
            And: [
              { Tags: { Key: "service", Values: ["sluice"] } },
              { Tags: { Key: "stage", Values: ["open"] } },
            ],
          },
        },
        NotificationsWithSubscribers: [
          { Notification: { NotificationType: "ACTUAL", Threshold: 80 }, Subscribers: address },
          { Notification: { NotificationType: "FORECASTED", Threshold: 100 }, Subscribers: address },
        ],
      },
    });
  });

  test("another address replaces the budget, so that its name is CloudFormation's to give", () => {
    const { Budget } = properties(open.template, "Budget") as { Budget: object };
    expect(Budget).not.toHaveProperty("BudgetName");
  });
});

test("the stack's tags, by which all it makes is told apart on the bill", async () => {
  const state = await readFile(path.join(prod.folder, "serverless-state.json"), "utf8");
  const { service } = JSON.parse(state) as { service: { provider: { stackTags: unknown } } };
  expect(service.provider.stackTags).toEqual({ service: "sluice", stage: "prod" });
});

test("two stages of one account share no name", () => {
  const names = physicalNames(dev.template);
  expect(names.length).toBeGreaterThan(35);
  const shared = new Set(physicalNames(prod.template));
  expect(names.filter((name) => shared.has(name))).toEqual([]);
});
