import { DeleteStackCommand, ListStackResourcesCommand } from "@aws-sdk/client-cloudformation";
import {
  DeleteInternetGatewayCommand,
  DeleteRouteTableCommand,
  DeleteVpcEndpointsCommand,
  DescribeInternetGatewaysCommand,
  DescribeRouteTablesCommand,
  DetachInternetGatewayCommand,
  DisassociateRouteTableCommand,
} from "@aws-sdk/client-ec2";
import { BatchDeleteImageCommand, DescribeImagesCommand } from "@aws-sdk/client-ecr";
import { DeleteClusterCommand, DeregisterTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { ListObjectVersionsCommand } from "@aws-sdk/client-s3";
import type { Clients } from "./clients.ts";
import type { Answer, Gap } from "./front.ts";

type Deletion = (clients: Clients, id: string) => Promise<unknown>;

/**
 * What AWS deletes with a stack and moto 5.2 leaves, in the order in which it goes: a table after its associations,
 * all of them before their VPC.
 */
const leftByMoto: readonly (readonly [type: string, remove: Deletion])[] = [
  [
    "AWS::EC2::VPCEndpoint",
    ({ ec2 }, id) => ec2.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [id] })),
  ],
  ["AWS::EC2::RouteTable", removeRouteTable],
  ["AWS::EC2::InternetGateway", removeInternetGateway],
  ["AWS::ECS::Cluster", ({ ecs }, cluster) => ecs.send(new DeleteClusterCommand({ cluster }))],
  [
    "AWS::ECS::TaskDefinition",
    ({ ecs }, taskDefinition) => ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition })),
  ],
  // The template says EmptyOnDelete.
  ["AWS::ECR::Repository", removeImages],
];

/** Its associations and routes are resources of their own, and go with it. */
async function removeRouteTable({ ec2 }: Clients, id: string): Promise<void> {
  const { RouteTables = [] } = await ec2.send(new DescribeRouteTablesCommand({ RouteTableIds: [id] }));
  for (const { RouteTableAssociationId: AssociationId } of RouteTables[0]?.Associations ?? [])
    await ec2.send(new DisassociateRouteTableCommand({ AssociationId }));
  await ec2.send(new DeleteRouteTableCommand({ RouteTableId: id }));
}

/** Its attachment is a resource of its own, and goes with it. */
async function removeInternetGateway({ ec2 }: Clients, id: string): Promise<void> {
  const InternetGatewayId = id;
  const { InternetGateways = [] } = await ec2.send(
    new DescribeInternetGatewaysCommand({ InternetGatewayIds: [id] }),
  );
  for (const { VpcId } of InternetGateways[0]?.Attachments ?? [])
    await ec2.send(new DetachInternetGatewayCommand({ InternetGatewayId, VpcId }));
  await ec2.send(new DeleteInternetGatewayCommand({ InternetGatewayId }));
}

async function removeImages({ ecr }: Clients, repositoryName: string): Promise<void> {
  const { imageDetails = [] } = await ecr.send(new DescribeImagesCommand({ repositoryName }));
  const imageIds = imageDetails.map(({ imageDigest }) => ({ imageDigest }));
  if (imageIds.length > 0) await ecr.send(new BatchDeleteImageCommand({ repositoryName, imageIds }));
}

/** CloudFormation's word for it comes later, by the stack's events; here it is the answer at once. */
const refused = (bucket: string): Answer => ({
  status: 400,
  contentType: "text/xml",
  body: `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>DELETE_FAILED: the bucket ${bucket} is not empty</Message></Error></ErrorResponse>`,
});

const done: Answer = {
  status: 200,
  contentType: "text/xml",
  body: "<DeleteStackResponse><ResponseMetadata><RequestId>front</RequestId></ResponseMetadata></DeleteStackResponse>",
};

/** moto says of every stack that it is deleted; AWS refuses a bucket with objects, and deletes more than moto does. */
export function deleteStack(clients: Clients): Gap {
  const underWay = new Map<string, Promise<Answer>>();
  return {
    service: "cloudformation",
    action: "DeleteStack",
    lacks: `leaves ${leftByMoto.map(([type]) => type).join(", ")}, does not mind a bucket with objects, and breaks at exports`,
    instead: "the front deletes them with the stack, refuses when a bucket is not empty, and asks twice",
    fill({ body }) {
      const stackName = new URLSearchParams(body.toString()).get("StackName") ?? "";
      // On a loaded machine it takes longer than the client's patience, and the client asks again meanwhile.
      const deletion = underWay.get(stackName) ?? remove(stackName);
      underWay.set(stackName, deletion);
      return deletion.finally(() => underWay.delete(stackName));
    },
  };

  async function remove(StackName: string): Promise<Answer> {
    const { StackResourceSummaries = [] } = await clients.cloudFormation.send(
      new ListStackResourcesCommand({ StackName }),
    );
    const idsOf = (type: string): string[] =>
      StackResourceSummaries.flatMap(({ ResourceType, PhysicalResourceId }) =>
        ResourceType === type && PhysicalResourceId ? [PhysicalResourceId] : [],
      );
    for (const Bucket of idsOf("AWS::S3::Bucket")) {
      const listed = await clients.s3.send(new ListObjectVersionsCommand({ Bucket, MaxKeys: 1 }));
      if (listed.Versions?.length || listed.DeleteMarkers?.length) return refused(Bucket);
    }
    for (const [type, removeOne] of leftByMoto) for (const id of idsOf(type)) await removeOne(clients, id);
    // moto breaks after it has deleted a stack whose outputs came by an update. The client asks again by itself,
    // and there is nothing more to delete.
    await clients.cloudFormation.send(new DeleteStackCommand({ StackName }));
    return done;
  }
}
