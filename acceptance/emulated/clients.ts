import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ECRClient } from "@aws-sdk/client-ecr";
import { ECSClient } from "@aws-sdk/client-ecs";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { region } from "./settings.ts";

/** What the run itself asks the emulator with: to look, and where it stands in for AWS's own machinery. */
export function clientsFor(endpoint: string) {
  const settings = { endpoint, region, credentials: { accessKeyId: "run", secretAccessKey: "run" } };
  return {
    cloudFormation: new CloudFormationClient(settings),
    dynamo: DynamoDBDocumentClient.from(new DynamoDBClient(settings)),
    ec2: new EC2Client(settings),
    ecr: new ECRClient(settings),
    ecs: new ECSClient(settings),
    lambda: new LambdaClient(settings),
    s3: new S3Client({ ...settings, forcePathStyle: true }),
    sqs: new SQSClient(settings),
  };
}

export type Clients = ReturnType<typeof clientsFor>;
