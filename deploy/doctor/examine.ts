import type { Clients } from "../clients.ts";
import { isForbidden, nameOf, sayError } from "../failure.ts";
import { findStack, resourcesOf } from "../stacks.ts";
import type { Stage } from "../stage.ts";
import { builder } from "./builder.ts";
import { credentials } from "./credentials.ts";
import { ecsRole } from "./ecs-role.ts";
import { existingNetwork } from "./existing-network.ts";
import { fargateOnDemand, fargateSpot } from "./fargate-quota.ts";
import { fargateZones } from "./fargate-zones.ts";
import { type Check, type Examined, type Finding, warning } from "./finding.ts";
import { functionsRun } from "./functions-run.ts";
import { image } from "./image.ts";
import { lambdaConcurrency } from "./lambda-concurrency.ts";
import { leftovers } from "./leftovers.ts";
import { stack } from "./stack.ts";
import { vpcRoom } from "./vpc-room.ts";

export type Diagnosis = ({ readonly what: string } & Finding)[];

const checksOf = (stage: Stage): Check[] => [
  stack,
  functionsRun,
  leftovers,
  ecsRole,
  fargateOnDemand,
  fargateSpot,
  lambdaConcurrency,
  ...(stage.settings.network === "existing" ? [existingNetwork] : [vpcRoom, fargateZones]),
  builder,
  image,
];

/** Everything that is known to break first deploys, looked at without changing anything. */
export async function examine(clients: Clients, stage: Stage, image: string): Promise<Diagnosis> {
  const identity = { what: "credentials", ...(await credentials(clients, stage)) };
  if (identity.status !== "ok") return [identity, await lookAt(builder, { image })];
  let known: Examined;
  try {
    const { cloudFormation } = clients;
    const found = await findStack(cloudFormation, stage.stackName);
    const all = found ? await resourcesOf(cloudFormation, stage.stackName) : [];
    // What it failed to delete, or was told to skip, it lists and does not manage any more.
    const resources = all.filter(({ ResourceStatus }) => !ResourceStatus?.startsWith("DELETE_"));
    known = { clients, stage, image, stack: found, resources };
  } catch (error) {
    // Half of the checks depend on whether the stack is there.
    return [identity, { what: stack.what, ...unanswered(error, stack) }];
  }
  return [identity, ...(await Promise.all(checksOf(stage).map((check) => lookAt(check, known))))];
}

async function lookAt<Known>(
  check: Pick<Check, "what" | "needs"> & { look(known: Known): Promise<Finding> },
  known: Known,
): Promise<Diagnosis[number]> {
  const finding = await check.look(known).catch((error: unknown) => unanswered(error, check));
  return { what: check.what, ...finding };
}

/** A look that is not allowed, or that AWS does not answer, says nothing about the stage. */
function unanswered(error: unknown, { needs }: Pick<Check, "needs">): Finding {
  return isForbidden(error)
    ? warning("not looked at: these credentials may not", `allow ${needs}, or ask whoever may`)
    : warning(`not looked at: ${nameOf(error)}, ${sayError(error)}`, "try again, or look by hand");
}

/** One finding a line, its fix under it. */
export function report(diagnosis: Diagnosis): string {
  const width = Math.max(...diagnosis.map(({ what }) => what.length));
  return diagnosis
    .flatMap(({ status, what, found, fix }) => [
      `${status.padEnd(7)}  ${what.padEnd(width)}  ${found}`,
      ...(fix === undefined ? [] : [`${" ".repeat(9 + width)}  fix: ${fix}`]),
    ])
    .map((line) => `${line}\n`)
    .join("");
}
