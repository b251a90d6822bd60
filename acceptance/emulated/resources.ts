import { GetPolicyCommand } from "@aws-sdk/client-lambda";
import type { Clients } from "./clients.ts";
import { listedTypes, listing } from "./listings.ts";
import { stackName } from "./settings.ts";
import type { DeployedStack } from "./stack.ts";

/** What moto 5.2's CloudFormation passes over. A type that is not here must have been created. */
const notInMoto = new Set([
  "AWS::ApiGatewayV2::Api",
  "AWS::ApiGatewayV2::Authorizer",
  "AWS::ApiGatewayV2::Integration",
  "AWS::ApiGatewayV2::Route",
  "AWS::ApiGatewayV2::Stage",
  "AWS::Budgets::Budget",
  "AWS::CloudWatch::Alarm",
  "AWS::Lambda::EventInvokeConfig",
  "AWS::S3::BucketPolicy",
  "AWS::SNS::Subscription",
  "AWS::SNS::TopicPolicy",
  "AWS::SQS::QueuePolicy",
]);

const permission = "AWS::Lambda::Permission";

/** What a list of AWS says of a resource: moto's ids of queues are URLs, and of routes a table and a destination. */
const nameIn = (physicalId: string): string =>
  physicalId.startsWith("https://") ? (physicalId.split("/").at(-1) ?? "") : (physicalId.split("~")[0] ?? "");

export interface Comparison {
  /** Resources that are there: in the stack's list, and in the service's own. */
  readonly there: number;
  /** Type → logical ids of what the emulator passed over. */
  readonly passedOver: ReadonlyMap<string, readonly string[]>;
}

/** Compares a template with what there is. @throws Error naming what is missing without an excuse */
export async function compare(endpoint: string, clients: Clients, stack: DeployedStack): Promise<Comparison> {
  const passedOver = new Map<string, string[]>();
  const texts = new Map<string, string>();
  const missing: string[] = [];
  const permissions: string[] = [];
  let there = 0;
  for (const [logicalId, { Type }] of Object.entries(stack.template.Resources)) {
    const physicalId = stack.created.get(logicalId);
    if (physicalId === undefined) {
      if (!notInMoto.has(Type)) missing.push(`${logicalId} (${Type})`);
      passedOver.set(Type, [...(passedOver.get(Type) ?? []), logicalId]);
      continue;
    }
    if (Type === permission) {
      permissions.push(logicalId);
      continue;
    }
    const text = texts.get(Type) ?? (await listing(endpoint, Type));
    texts.set(Type, text);
    if (text.includes(nameIn(physicalId))) there++;
    else missing.push(`${logicalId} (${Type} ${physicalId})`);
  }
  const stated = await statedPermissions(clients, stack);
  if (stated !== permissions.length) {
    missing.push(`of ${permissions.length} ${permission} ${permissions.length - stated}`);
  }
  if (missing.length > 0) throw new Error(`expected these resources of ${stack.name}: ${missing.join(", ")}`);
  return { there: there + stated, passedOver };
}

/** Permissions have no list and no name: they are statements of their function's policy. */
async function statedPermissions({ lambda }: Clients, { template }: DeployedStack): Promise<number> {
  let statements = 0;
  for (const { Type, Properties } of Object.values(template.Resources)) {
    if (Type !== "AWS::Lambda::Function") continue;
    const FunctionName = String(Properties?.FunctionName);
    const policy = await lambda.send(new GetPolicyCommand({ FunctionName })).catch((error: Error) => {
      if (error.name === "ResourceNotFoundException") return undefined;
      throw error;
    });
    statements += JSON.parse(policy?.Policy ?? '{"Statement":[]}').Statement.length;
  }
  return statements;
}

/** Type → what of the stacks is still listed, by its physical id or by the stage's name in it. */
export async function leftOvers(endpoint: string, stacks: readonly DeployedStack[]): Promise<string[]> {
  const left: string[] = [];
  for (const type of listedTypes) {
    const text = await listing(endpoint, type);
    const names = stacks.flatMap(({ template, created }) =>
      [...created]
        .filter(([logicalId, id]) => id !== "" && template.Resources[logicalId]?.Type === type)
        .map(([, id]) => nameIn(id)),
    );
    for (const name of new Set([...names, stackName])) if (text.includes(name)) left.push(`${type} ${name}`);
  }
  return left;
}
