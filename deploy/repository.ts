import type { Clients } from "./clients.ts";
import { applyStack } from "./stacks.ts";
import { repositoryStackOf, type Stage } from "./stage.ts";

/** Makes the stage's ECR repository, or brings it up to date; answers its URI. */
export async function ensureRepository({ cloudFormation }: Clients, stage: Stage): Promise<string> {
  const StackName = repositoryStackOf(stage);
  const { Outputs } = await applyStack(cloudFormation, {
    StackName,
    TemplateBody: JSON.stringify(stage.settings.repositoryTemplate),
    Tags: [
      { Key: "service", Value: stage.service },
      { Key: "stage", Value: stage.name },
    ],
  });
  const uri = Outputs?.find(({ OutputKey }) => OutputKey === "RepositoryUri")?.OutputValue;
  if (!uri) throw new Error(`expected an output RepositoryUri of the stack ${StackName}, got none`);
  return uri;
}
