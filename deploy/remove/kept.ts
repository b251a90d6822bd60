import type { StackResourceSummary } from "@aws-sdk/client-cloudformation";
import { DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import { DescribeImagesCommand } from "@aws-sdk/client-ecr";
import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import type { Clients } from "../clients.ts";
import type { DeployedTemplate } from "../stacks.ts";

/** A resource that CloudFormation leaves in the account when the stack goes. */
export interface Kept {
  readonly type: string;
  readonly id: string;
  /** The stack that owns it, where that stays too. */
  readonly stack?: string;
}

/** By the template that is deployed: what serverless.yml says today may be another thing. */
export function keptOf({ Resources }: DeployedTemplate, resources: StackResourceSummary[]): Kept[] {
  return resources.flatMap(({ LogicalResourceId = "", ResourceType: type, PhysicalResourceId: id }) => {
    const isKept = Resources[LogicalResourceId]?.DeletionPolicy?.startsWith("Retain");
    // A bucket's policy has the bucket's id, and goes with it.
    return isKept && type && id && type !== "AWS::S3::BucketPolicy" ? [{ type, id }] : [];
  });
}

interface Kind {
  /** How much is in it, where that costs one call. */
  size?(clients: Clients, id: string): Promise<string>;
  deletedBy(id: string): string[];
}

const kinds: Readonly<Record<string, Kind>> = {
  "AWS::S3::Bucket": {
    async size({ s3 }, Bucket) {
      const { KeyCount = 0, IsTruncated } = await s3.send(new ListObjectsV2Command({ Bucket }));
      return `${KeyCount}${IsTruncated ? " objects or more" : " objects"}`;
    },
    deletedBy: (id) => [`aws s3 rb s3://${id} --force`],
  },
  "AWS::DynamoDB::Table": {
    async size({ dynamo }, TableName) {
      const { Table } = await dynamo.send(new DescribeTableCommand({ TableName }));
      return `about ${Table?.ItemCount ?? 0} items, ${Table?.TableSizeBytes ?? 0} bytes`;
    },
    deletedBy: (id) => [
      `aws dynamodb update-table --table-name ${id} --no-deletion-protection-enabled`,
      `aws dynamodb delete-table --table-name ${id}`,
    ],
  },
  "AWS::ECR::Repository": {
    async size({ ecr }, repositoryName) {
      const { imageDetails = [] } = await ecr.send(new DescribeImagesCommand({ repositoryName }));
      const bytes = imageDetails.reduce((sum, { imageSizeInBytes = 0 }) => sum + imageSizeInBytes, 0);
      return `${imageDetails.length} images, ${Math.round(bytes / 1e6)} MB`;
    },
    deletedBy: (id) => [`aws ecr delete-repository --repository-name ${id} --force`],
  },
  "AWS::Logs::LogGroup": { deletedBy: (id) => [`aws logs delete-log-group --log-group-name ${id}`] },
};

/** What is kept, how much it is, and how to delete it by hand. */
export async function sayKept(clients: Clients, region: string, kept: Kept[]): Promise<string> {
  const lines = await Promise.all(
    kept.map(async ({ type, id, stack }) => {
      const kind = kinds[type];
      // Told for orientation: that it cannot be told must not fail a remove that is done.
      const size = await kind?.size?.(clients, id).catch(() => undefined);
      const commands = kind?.deletedBy(id) ?? [];
      if (stack) commands.push(`aws cloudformation delete-stack --stack-name ${stack}`);
      return [
        `  ${type} ${id}${size ? `: ${size}` : ""}`,
        ...commands.map((command) => `    ${command} --region ${region}`),
      ].join("\n");
    }),
  );
  return lines.join("\n");
}
