import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Clients } from "./clients.ts";
import { examine, report } from "./doctor/examine.ts";
import { ensureEcsRole } from "./ecs-role.ts";
import { stageImage } from "./image/stage-image.ts";
import { findStack } from "./stacks.ts";
import type { Stage, Tell } from "./stage.ts";

/** Everything that comes before a stage's own stack; answers the image for its template, URI@DIGEST or none. */
export async function deployStage(
  clients: Clients,
  stage: Stage,
  image: string,
  tell: Tell,
): Promise<string> {
  await diagnose(clients, stage, image, tell);
  await ensureEcsRole(clients, tell);
  return stageImage(clients, stage, { image, running: await runningImage(clients, stage) }, tell);
}

/** The same for a package, which has its image: a stage does not lose Fargate unless that is meant. */
export async function deployPackage(
  clients: Clients,
  stage: Stage,
  { folder, image }: { folder: string; image: string },
  tell: Tell,
): Promise<void> {
  const file = path.resolve(stage.folder, folder, "cloudformation-template-update-stack.json");
  const { Parameters } = JSON.parse(await readFile(file, "utf8")) as {
    Parameters?: { Image?: { Default?: string } };
  };
  const packaged = Parameters?.Image?.Default ?? "none";
  await diagnose(clients, stage, packaged, tell);
  const running = await runningImage(clients, stage);
  if (packaged === "none" && running !== "none" && image !== "none") {
    throw new Error(
      `This package has no image, and the stage runs ${running}. Package it with --image ${running}, or another one; ` +
        "or give up Fargate: deploy it with --image none",
    );
  }
  await ensureEcsRole(clients, tell);
}

async function diagnose(clients: Clients, stage: Stage, image: string, tell: Tell): Promise<void> {
  const diagnosis = await examine(clients, stage, image);
  const fatal = diagnosis.filter(({ status }) => status === "fatal");
  if (fatal.length > 0) {
    tell.warn(`\n${report(fatal)}`);
    throw new Error(
      `nothing was deployed: a fatal finding (${fatal.map(({ what }) => what).join(", ")}), above`,
    );
  }
  const warnings = diagnosis.filter(({ status }) => status === "warning");
  if (warnings.length > 0) tell.warn(`\n${report(warnings)}`);
}

/** What the deployed stage runs: none where there is no stage. */
async function runningImage({ cloudFormation }: Clients, { stackName }: Stage): Promise<string> {
  const stack = await findStack(cloudFormation, stackName);
  return stack?.Parameters?.find(({ ParameterKey }) => ParameterKey === "Image")?.ParameterValue ?? "none";
}
