// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how Fn::Sub is written

import { describe, expect, test } from "vitest";
import { createResolver } from "../../local/cloudformation/resolve.ts";
import type { Template } from "../../local/cloudformation/template.ts";

const template: Template = {
  Parameters: { Image: { Default: "none" } },
  Conditions: {
    HasImage: { "Fn::Not": [{ "Fn::Equals": [{ Ref: "Image" }, "none"] }] },
    Either: { "Fn::Or": [{ Condition: "HasImage" }, { "Fn::Equals": ["a", "a"] }] },
    Both: { "Fn::And": [{ Condition: "HasImage" }, { Condition: "Either" }] },
  },
  Resources: {
    Jobs: { Type: "AWS::SQS::Queue", Properties: { QueueName: "jobs" } },
    Unnamed: { Type: "AWS::SQS::Queue" },
    Table: { Type: "AWS::DynamoDB::Table", Properties: { TableName: "records" } },
    Bucket: {
      Type: "AWS::S3::Bucket",
      Properties: { BucketName: { "Fn::Sub": "b-${AWS::AccountId}-${AWS::Region}" } },
    },
    Cluster: { Type: "AWS::ECS::Cluster", Properties: { ClusterName: "crunch" } },
    Task: { Type: "AWS::ECS::TaskDefinition", Condition: "HasImage", Properties: { Family: "crunch" } },
    SubnetA: { Type: "AWS::EC2::Subnet" },
    Group: { Type: "AWS::EC2::SecurityGroup" },
  },
};

const surroundings = { region: "eu-west-1", stackName: "s-dev", sqsUrl: "http://127.0.0.1:4566" };
const { resolve, environment, resources } = createResolver(template, surroundings);
const withImage = createResolver(template, { ...surroundings, parameters: { Image: "local" } });

describe("Ref and GetAtt", () => {
  test.each([
    [{ Ref: "Jobs" }, "http://127.0.0.1:4566/000000000000/jobs"],
    [{ Ref: "Unnamed" }, "http://127.0.0.1:4566/000000000000/s-dev-Unnamed"],
    [{ Ref: "Table" }, "records"],
    [{ Ref: "Bucket" }, "b-000000000000-eu-west-1"],
    [{ Ref: "Cluster" }, "crunch"],
    [{ Ref: "Task" }, "arn:aws:ecs:eu-west-1:000000000000:task-definition/crunch:1"],
    [{ Ref: "AWS::Region" }, "eu-west-1"],
    [{ Ref: "Image" }, "none"],
    [{ "Fn::GetAtt": ["Jobs", "Arn"] }, "arn:aws:sqs:eu-west-1:000000000000:jobs"],
    [{ "Fn::GetAtt": "Cluster.Arn" }, "arn:aws:ecs:eu-west-1:000000000000:cluster/crunch"],
    [{ "Fn::GetAtt": ["Bucket", "Arn"] }, "arn:aws:s3:::b-000000000000-eu-west-1"],
    [{ "Fn::GetAtt": ["Jobs", "QueueName"] }, "jobs"],
  ])("%j is %s", (value, expected) => {
    expect(resolve(value)).toBe(expected);
  });

  test("a parameter's given value comes before its default", () => {
    expect(withImage.resolve({ Ref: "Image" })).toBe("local");
  });
});

describe("functions over values", () => {
  test.each([
    [
      { "Fn::Join": [",", [{ Ref: "SubnetA" }, { "Fn::GetAtt": ["Group", "GroupId"] }]] },
      "s-dev-SubnetA,s-dev-Group.GroupId",
    ],
    [
      { "Fn::Sub": ["${name}/${Table}/${Cluster.Arn}", { name: { Ref: "Jobs" } }] },
      "http://127.0.0.1:4566/000000000000/jobs/records/arn:aws:ecs:eu-west-1:000000000000:cluster/crunch",
    ],
    [{ "Fn::Select": [1, { "Fn::Split": [",", "x,y"] }] }, "y"],
    [{ "Fn::If": ["HasImage", { Ref: "Task" }, ""] }, ""],
    [{ "Fn::If": ["Either", "yes", "no"] }, "yes"],
    [{ "Fn::If": ["Both", "yes", "no"] }, "no"],
  ])("%j is %s", (value, expected) => {
    expect(resolve(value)).toBe(expected);
  });

  test("the branch of If that is not taken may be anything", () => {
    expect(resolve({ "Fn::If": ["HasImage", { Ref: "Nowhere" }, "none"] })).toBe("none");
  });

  test("NoValue leaves its property out", () => {
    expect(resolve({ a: 1, b: { "Fn::If": ["HasImage", 2, { Ref: "AWS::NoValue" }] } })).toEqual({ a: 1 });
  });

  test("plain values, and IAM's property named Condition, stay as they are", () => {
    const policy = { Condition: { Bool: { "aws:SecureTransport": "false" } } };
    expect(resolve({ list: [1, null, "x"], policy })).toEqual({ list: [1, null, "x"], policy });
  });
});

test("environment variables become strings, nulls are left out", () => {
  expect(environment({ URL: { Ref: "Jobs" }, N: 3, FLAG: true, NONE: null })).toEqual({
    URL: "http://127.0.0.1:4566/000000000000/jobs",
    N: "3",
    FLAG: "true",
  });
});

test("resources are those whose condition holds, resolved", () => {
  expect(resources("AWS::ECS::TaskDefinition")).toEqual([]);
  expect(withImage.resources("AWS::ECS::TaskDefinition")).toEqual([
    { logicalId: "Task", name: "crunch", properties: { Family: "crunch" } },
  ]);
});

test.each([
  [{ Ref: "Nowhere" }, /got "Nowhere"/],
  [{ "Fn::ImportValue": "x" }, /got Fn::ImportValue/],
  [{ "Fn::If": ["Nothing", 1, 2] }, /expected a condition of the template, got "Nothing"/],
])("%j is an error that names it", (value, message) => {
  expect(() => resolve(value)).toThrow(message);
});
