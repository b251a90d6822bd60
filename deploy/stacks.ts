import {
  type CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  paginateListStackResources,
  type Stack,
  type StackResourceSummary,
  UpdateStackCommand,
  waitUntilStackCreateComplete,
  waitUntilStackDeleteComplete,
  waitUntilStackUpdateComplete,
} from "@aws-sdk/client-cloudformation";
import { nameOf, sayError } from "./failure.ts";

export interface StackInput {
  readonly StackName: string;
  readonly TemplateBody: string;
  readonly Tags: { readonly Key: string; readonly Value: string }[];
}

/** A template as it was deployed, as far as it is read here. */
export interface DeployedTemplate {
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly DeletionPolicy?: string } | undefined>
  >;
}

const isValidation = (error: unknown, words: RegExp): boolean =>
  nameOf(error) === "ValidationError" && words.test(sayError(error));

/** The stack of that name, unless there is none. */
export async function findStack(client: CloudFormationClient, name: string): Promise<Stack | undefined> {
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: name }));
    return Stacks?.[0];
  } catch (error) {
    if (isValidation(error, /does not exist/)) return undefined;
    throw error;
  }
}

export async function templateOf(client: CloudFormationClient, name: string): Promise<DeployedTemplate> {
  const { TemplateBody = "{}" } = await client.send(new GetTemplateCommand({ StackName: name }));
  return JSON.parse(TemplateBody);
}

export async function resourcesOf(
  client: CloudFormationClient,
  StackName: string,
): Promise<StackResourceSummary[]> {
  const found: StackResourceSummary[] = [];
  for await (const { StackResourceSummaries } of paginateListStackResources({ client }, { StackName })) {
    found.push(...(StackResourceSummaries ?? []));
  }
  return found.filter(({ ResourceStatus }) => ResourceStatus !== "DELETE_COMPLETE");
}

/** Creates or updates a stack of few resources, and answers it when that is done. */
export async function applyStack(client: CloudFormationClient, input: StackInput): Promise<Stack> {
  const { StackName } = input;
  let existing = await findStack(client, StackName);
  if (existing?.StackStatus === "ROLLBACK_COMPLETE") {
    // Its first creation failed: AWS lets such a stack be deleted and nothing else.
    await deleteStack(client, StackName);
    existing = undefined;
  }
  if (existing) await update(client, input);
  else {
    await client.send(new CreateStackCommand(input));
    await settled(client, StackName, waitUntilStackCreateComplete);
  }
  const stack = await findStack(client, StackName);
  if (!stack) throw new Error(`expected the stack ${StackName}, but somebody has deleted it meanwhile`);
  return stack;
}

async function update(client: CloudFormationClient, input: StackInput): Promise<void> {
  try {
    await client.send(new UpdateStackCommand(input));
  } catch (error) {
    if (isValidation(error, /no updates are to be performed/i)) return;
    throw new Error(`The stack ${input.StackName} cannot be updated: ${sayError(error)}`, { cause: error });
  }
  await settled(client, input.StackName, waitUntilStackUpdateComplete);
}

/** Deletes a stack and returns when it is gone. */
export async function deleteStack(client: CloudFormationClient, name: string): Promise<void> {
  const stack = await findStack(client, name);
  if (!stack) return;
  await client.send(new DeleteStackCommand({ StackName: name }));
  // By id: a deleted stack has no name any more.
  await settled(client, stack.StackId ?? name, waitUntilStackDeleteComplete);
}

/** Seconds: the SDK's own 30 between two looks are meant for large stacks. */
const patience = { maxWaitTime: 600, minDelay: 1, maxDelay: 10 };

async function settled(
  client: CloudFormationClient,
  StackName: string,
  wait: typeof waitUntilStackCreateComplete,
): Promise<void> {
  try {
    await wait({ client, ...patience }, { StackName });
  } catch (error) {
    const reason = await firstFailure(client, StackName).catch(() => undefined);
    throw new Error(`The stack ${StackName} failed: ${reason ?? sayError(error)}`, { cause: error });
  }
}

/** The oldest failure of what went wrong last; all that follow it are its consequences. */
async function firstFailure(client: CloudFormationClient, StackName: string): Promise<string | undefined> {
  const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName }));
  // Newest first. A stack that failed before has the events of that too.
  const began = StackEvents.findIndex(
    ({ LogicalResourceId, ResourceStatus }) =>
      LogicalResourceId === StackName && /^(CREATE|UPDATE|DELETE)_IN_PROGRESS$/.test(ResourceStatus ?? ""),
  );
  const ours = began < 0 ? StackEvents : StackEvents.slice(0, began);
  const failed = ours.filter(({ ResourceStatus }) => ResourceStatus?.endsWith("_FAILED")).at(-1);
  return failed && `${failed.LogicalResourceId}: ${failed.ResourceStatusReason ?? failed.ResourceStatus}`;
}
