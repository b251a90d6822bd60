import { Problem } from "@sluice/contract/problem";
import { afterEach, describe, expect, test, vi } from "vitest";
import { readConfig, taskEnvironment } from "../../aws/config.ts";

const least = { STAGE: "dev", TABLE_NAME: "jobs", BUCKET_NAME: "bucket" };

function failure(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    return error as Error;
  }
  throw new Error("expected an error");
}

describe("the environment", () => {
  test("of a whole stage", () => {
    const config = readConfig({
      ...least,
      QUEUE_URL: "https://sqs.eu-west-1.amazonaws.com/1/jobs",
      DEAD_LETTER_QUEUE_URL: "https://sqs.eu-west-1.amazonaws.com/1/jobs-dead",
      CLUSTER_ARN: "arn:cluster",
      TASK_DEFINITION_ARN: "arn:task-definition/sluice-dev:7",
      SUBNET_IDS: "subnet-1,subnet-2",
      SECURITY_GROUP_IDS: "sg-1",
      ASSIGN_PUBLIC_IP: "false",
      WORK_MEMORY_MIB: "3008",
      MAX_TASK_VCPU: "8",
      MAX_TASKS: "2000",
      SUBMIT_MEMORY_MIB: "2048",
      EXPRESS: "off",
      RECORD_ARRAYS: "off",
      MAX_RUNNING_VCPU: "16",
      MAX_SECONDS: "600",
      RETENTION_DAYS: "3",
      WAIT_HOLDERS: "5",
      FARGATE_SPOT: "true",
      AUTH: "jwt",
      METRICS: "off",
      ALARMS: "on",
    });
    expect(config).toEqual({
      stage: "dev",
      tableName: "jobs",
      bucketName: "bucket",
      queueUrl: "https://sqs.eu-west-1.amazonaws.com/1/jobs",
      deadLetterQueueUrl: "https://sqs.eu-west-1.amazonaws.com/1/jobs-dead",
      clusterArn: "arn:cluster",
      taskDefinitionArn: "arn:task-definition/sluice-dev:7",
      subnetIds: ["subnet-1", "subnet-2"],
      securityGroupIds: ["sg-1"],
      assignPublicIp: false,
      waitHolders: 5,
      metrics: false,
      alarms: true,
      auth: "jwt",
      settings: {
        workMemoryMiB: 3008,
        express: false,
        recordArrays: false,
        submitMemoryMiB: 2048,
        fargate: true,
        spot: true,
        maxTaskVcpu: 8,
        maxTasks: 2000,
        maxRunningVcpu: 16,
        maxSeconds: 600,
        retentionDays: 3,
      },
    });
  });

  test("of a stage without an image, and of a container, which is told less", () => {
    const config = readConfig({ ...least, TASK_DEFINITION_ARN: "", SUBNET_IDS: "" });
    expect(config.subnetIds).toEqual([]);
    // Closed by default: a stage that forgot to say is not open to the world.
    expect(config.auth).toBe("iam");
    expect(config.settings).toEqual({
      workMemoryMiB: 1769,
      express: true,
      recordArrays: true,
      submitMemoryMiB: 1769,
      fargate: false,
      spot: false,
      maxTaskVcpu: 4,
      maxTasks: 20,
      maxRunningVcpu: 40,
      maxSeconds: 21_600,
      retentionDays: 7,
    });
  });

  test("never allows a task that the stage's own cap would keep waiting for ever", () => {
    const { settings } = readConfig({ ...least, MAX_TASK_VCPU: "8", MAX_RUNNING_VCPU: "2" });
    expect(settings).toMatchObject({ maxTaskVcpu: 2, maxRunningVcpu: 2 });
  });

  test.each(["STAGE", "TABLE_NAME", "BUCKET_NAME"])("without %s fails by its name", (name) => {
    const error = failure(() => readConfig({ ...least, [name]: undefined }));
    expect(error.message).toBe(`deployed wrongly: environment.${name}: expected string, got nothing`);
  });

  test.each([
    ["QUEUE_URL", "jobs"],
    ["WORK_MEMORY_MIB", "lots"],
    ["WORK_MEMORY_MIB", ""],
    ["DEAD_LETTER_QUEUE_URL", "jobs-dead"],
    ["MAX_TASK_VCPU", "0"],
    ["MAX_TASKS", "0"],
    ["MAX_TASKS", "2001"],
    ["MAX_RUNNING_VCPU", "none"],
    ["MAX_SECONDS", "1.5"],
    ["RETENTION_DAYS", "-7"],
    ["FARGATE_SPOT", "perhaps"],
    ["AUTH", "open"],
  ])("with %s=%j fails by its name", (name, value) => {
    const { message } = failure(() => readConfig({ ...least, [name]: value }));
    expect(message).toContain(`environment.${name}: `);
  });

  test("that is wrong is no caller's Problem: an HTTP function answers 500, not what it is deployed with", () => {
    expect(failure(() => readConfig({}))).not.toBeInstanceOf(Problem);
  });
});

describe("a task's environment", () => {
  afterEach(() => vi.unstubAllEnvs());

  test("is the job and its dispatch", () => {
    vi.stubEnv("JOB_ID", "abc");
    vi.stubEnv("DISPATCH", "7");
    expect(taskEnvironment()).toMatchObject({ JOB_ID: "abc", DISPATCH: 7 });
    vi.stubEnv("DISPATCH", "seven");
    expect(failure(taskEnvironment).message).toContain("environment.DISPATCH");
  });
});
