import { DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import type { Clients } from "../clients.ts";
import { nameOf } from "../failure.ts";
import { deleteStack, findStack, resourcesOf, templateOf } from "../stacks.ts";
import { repositoryStackOf, type Stage, type Tell } from "../stage.ts";
import { emptyBucket } from "./bucket.ts";
import { emptyRepository } from "./images.ts";
import { type Kept, keptOf, sayKept } from "./kept.ts";
import { quiet } from "./quiet.ts";

/**
 * Makes the stage's stack ready to be deleted. Answers what its deletion will keep, or undefined when there is no
 * stack. Data goes only if the deployed template says Delete: a stage deployed with Retain keeps it, whatever
 * serverless.yml says today.
 */
export async function prepareRemoval(
  clients: Clients,
  stage: Stage,
  tell: Tell,
): Promise<Kept[] | undefined> {
  const { cloudFormation } = clients;
  const { stackName, settings } = stage;
  const stack = await findStack(cloudFormation, stackName);
  if (!stack) return undefined;
  // Serverless refuses to delete it next and says why: nothing may have been touched by then.
  if (stack.EnableTerminationProtection) return [];

  const resources = await resourcesOf(cloudFormation, stackName);
  const kept = keptOf(await templateOf(cloudFormation, stackName), resources);
  const going = resources.filter(
    ({ PhysicalResourceId }) => !kept.some(({ id }) => id === PhysicalResourceId),
  );
  const buckets = idsOf(going, "JobsBucket");
  if (settings.deletionPolicy !== "Delete" && buckets.length > 0) {
    throw new Error(
      `The stage ${stage.name} was deployed with deletionPolicy Delete, and infra/stages.yml says ${settings.deletionPolicy}. ` +
        "Deploy it first, and its data is kept; or remove it with --param deletionPolicy=Delete",
    );
  }
  for (const table of idsOf(going, "JobsTable")) await refuseProtected(clients, stage, table);

  await quiet(clients, resources);
  for (const bucket of buckets) {
    const objects = await emptyBucket(clients.s3, bucket);
    tell.note(`Emptied ${bucket}: ${objects} objects.`);
  }
  return kept;
}

const idsOf = (resources: Awaited<ReturnType<typeof resourcesOf>>, logicalId: string): string[] =>
  resources.flatMap(({ LogicalResourceId, PhysicalResourceId }) =>
    LogicalResourceId === logicalId && PhysicalResourceId ? [PhysicalResourceId] : [],
  );

/** A table that is to go but is protected would stop CloudFormation half way, with the functions gone. */
async function refuseProtected({ dynamo }: Clients, stage: Stage, TableName: string): Promise<void> {
  const { Table } = await dynamo.send(new DescribeTableCommand({ TableName })).catch((error: unknown) => {
    // Deleted by a remove that stopped half way.
    if (nameOf(error) === "ResourceNotFoundException") return { Table: undefined };
    throw error;
  });
  if (!Table?.DeletionProtectionEnabled) return;
  throw new Error(
    `The table ${TableName} is protected from deletion. If it may go: ` +
      `aws dynamodb update-table --table-name ${TableName} --no-deletion-protection-enabled --region ${stage.region}`,
  );
}

/** After the stage's stack: the repository with its images, unless it is one that is kept. */
export async function removeRepository(clients: Clients, stage: Stage, tell: Tell): Promise<Kept[]> {
  const { cloudFormation } = clients;
  const name = repositoryStackOf(stage);
  if (!(await findStack(cloudFormation, name))) return [];
  const resources = await resourcesOf(cloudFormation, name);
  const kept = keptOf(await templateOf(cloudFormation, name), resources);
  // A retained repository keeps its stack too: the next deploy of the stage goes on with both.
  if (kept.length > 0) return kept.map((one) => ({ ...one, stack: name }));
  for (const repository of idsOf(resources, "Repository")) {
    const images = await emptyRepository(clients.ecr, repository);
    tell.note(`Emptied the repository ${repository}: ${images} images.`);
  }
  await deleteStack(cloudFormation, name);
  return [];
}

export async function tellKept(clients: Clients, stage: Stage, kept: Kept[], tell: Tell): Promise<void> {
  if (kept.length === 0) return;
  tell.warn(
    "Kept, because the stage was deployed with deletionPolicy Retain. A kept table or bucket must be deleted, or imported " +
      `into a stack, before a stage ${stage.name} can be deployed again. To delete by hand:\n` +
      `${await sayKept(clients, stage.region, kept)}`,
  );
}
