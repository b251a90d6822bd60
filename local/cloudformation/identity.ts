import { accountId, type Resource } from "./template.ts";

/** A resource's physical name: the property that sets it, else what CloudFormation would make up. */
const nameProperty: Readonly<Record<string, string>> = {
  "AWS::SQS::Queue": "QueueName",
  "AWS::S3::Bucket": "BucketName",
  "AWS::DynamoDB::Table": "TableName",
  "AWS::ECS::Cluster": "ClusterName",
  "AWS::ECS::TaskDefinition": "Family",
  "AWS::Logs::LogGroup": "LogGroupName",
  "AWS::IAM::Role": "RoleName",
};

export interface Place {
  readonly region: string;
  readonly stackName: string;
  readonly sqsUrl: string;
}

export function physicalName(
  logicalId: string,
  resource: Resource,
  place: Place,
  resolve: (value: unknown) => unknown,
): string {
  const property = nameProperty[resource.Type];
  const given = property === undefined ? undefined : resolve(resource.Properties?.[property]);
  if (typeof given === "string") return given;
  const made = `${place.stackName}-${logicalId}`;
  return resource.Type === "AWS::S3::Bucket" ? made.toLowerCase() : made;
}

export function arn(type: string, name: string, { region }: Place): string {
  const owned = (service: string, path: string) => `arn:aws:${service}:${region}:${accountId}:${path}`;
  switch (type) {
    case "AWS::SQS::Queue":
      return owned("sqs", name);
    case "AWS::S3::Bucket":
      return `arn:aws:s3:::${name}`;
    case "AWS::DynamoDB::Table":
      return owned("dynamodb", `table/${name}`);
    case "AWS::ECS::Cluster":
      return owned("ecs", `cluster/${name}`);
    case "AWS::ECS::TaskDefinition":
      return owned("ecs", `task-definition/${name}:1`);
    case "AWS::Logs::LogGroup":
      return owned("logs", `log-group:${name}:*`);
    case "AWS::IAM::Role":
      return `arn:aws:iam::${accountId}:role/${name}`;
    default:
      return owned("local", `${type}/${name}`);
  }
}

/** What `Ref` gives: mostly the name, but a queue's URL and a task definition's ARN. */
export function reference(type: string, name: string, place: Place): string {
  if (type === "AWS::SQS::Queue") return `${place.sqsUrl}/${accountId}/${name}`;
  if (type === "AWS::ECS::TaskDefinition") return arn(type, name, place);
  return name;
}
