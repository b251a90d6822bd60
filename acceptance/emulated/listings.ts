import { region, stackName } from "./settings.ts";

/** How AWS is asked what there is of one type: an API of the JSON, the query or the REST protocol. */
type Listing =
  | { readonly service: string; readonly target: string; readonly input?: object; readonly gone?: RegExp }
  | { readonly service: string; readonly query: string }
  | { readonly service: string; readonly path: string };

const ec2 = (action: string) => ({ service: "ec2", query: `Action=${action}&Version=2016-11-15` });
const iam = (action: string) => ({ service: "iam", query: `Action=${action}&Version=2010-05-08` });

// Deleted endpoints and clusters stay on moto's lists for good, as on AWS's for a while.
const endpointThatIsThere = "Filter.1.Name=vpc-endpoint-state&Filter.1.Value.1=available";
const routeTables = ec2("DescribeRouteTables");

/** Type of resource → the list that names it by its physical id. */
const listings: Readonly<Record<string, Listing>> = {
  "AWS::CloudWatch::Alarm": { service: "monitoring", query: "Action=DescribeAlarms&Version=2010-08-01" },
  "AWS::CloudWatch::Dashboard": { service: "monitoring", query: "Action=ListDashboards&Version=2010-08-01" },
  "AWS::DynamoDB::Table": { service: "dynamodb", target: "DynamoDB_20120810.ListTables" },
  "AWS::EC2::InternetGateway": ec2("DescribeInternetGateways"),
  "AWS::EC2::Route": routeTables,
  "AWS::EC2::RouteTable": routeTables,
  "AWS::EC2::SecurityGroup": ec2("DescribeSecurityGroups"),
  "AWS::EC2::Subnet": ec2("DescribeSubnets"),
  "AWS::EC2::SubnetRouteTableAssociation": routeTables,
  "AWS::EC2::VPC": ec2("DescribeVpcs"),
  "AWS::EC2::VPCEndpoint": ec2(`DescribeVpcEndpoints&${endpointThatIsThere}`),
  "AWS::EC2::VPCGatewayAttachment": ec2("DescribeInternetGateways"),
  "AWS::ECR::Repository": {
    service: "ecr",
    target: "AmazonEC2ContainerRegistry_V20150921.DescribeRepositories",
  },
  "AWS::ECS::Cluster": {
    service: "ecs",
    target: "AmazonEC2ContainerServiceV20141113.DescribeClusters",
    input: { clusters: [stackName] },
    gone: /"status": ?"INACTIVE"/,
  },
  "AWS::ECS::TaskDefinition": {
    service: "ecs",
    target: "AmazonEC2ContainerServiceV20141113.ListTaskDefinitions",
  },
  "AWS::Events::Rule": { service: "events", target: "AWSEvents.ListRules" },
  "AWS::IAM::ManagedPolicy": iam("ListPolicies"),
  "AWS::IAM::Role": iam("ListRoles&MaxItems=1000"),
  "AWS::Lambda::EventSourceMapping": { service: "lambda", path: "/2015-03-31/event-source-mappings/" },
  "AWS::Lambda::Function": { service: "lambda", path: "/2015-03-31/functions/?MaxItems=1000" },
  "AWS::Logs::LogGroup": { service: "logs", target: "Logs_20140328.DescribeLogGroups" },
  "AWS::S3::Bucket": { service: "s3", path: "/" },
  "AWS::SNS::Topic": { service: "sns", query: "Action=ListTopics&Version=2010-03-31" },
  "AWS::SQS::Queue": { service: "sqs", target: "AmazonSQS.ListQueues" },
};

export const listedTypes: readonly string[] = Object.keys(listings);

/** What there is of a type, as the emulator's own text. It needs no signature, only to know the service. */
export async function listing(endpoint: string, type: string): Promise<string> {
  const asked = listings[type];
  if (!asked)
    throw new Error(`expected a list of ${type} in acceptance/emulated/listings.ts, got none: add it`);
  const credential = `AWS4-HMAC-SHA256 Credential=run/20260101/${region}/${asked.service}/aws4_request, SignedHeaders=host, Signature=none`;
  const url = new URL("path" in asked ? asked.path : "/", endpoint);
  const headers: Record<string, string> = { authorization: credential };
  let body: string | undefined;
  if ("target" in asked) {
    headers["x-amz-target"] = asked.target;
    headers["content-type"] = "application/x-amz-json-1.1";
    body = JSON.stringify(asked.input ?? {});
  } else if ("query" in asked) {
    headers["content-type"] = "application/x-www-form-urlencoded";
    body = asked.query;
  }
  const response = await fetch(url, {
    method: body === undefined ? "GET" : "POST",
    headers,
    body: body ?? null,
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`listing ${type}: the emulator answered ${response.status}: ${text}`);
  return "gone" in asked && asked.gone?.test(text) ? "" : text;
}
