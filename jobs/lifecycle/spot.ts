import type { Job } from "../record.ts";
import type { Settings } from "../settings.ts";
import { limits } from "../timing.ts";

/**
 * Decides between Spot and on demand. ECS does not: a RunTask on Spot that finds no machine is refused, and only
 * services are moved to on demand (ECS guide, "Amazon ECS clusters for Fargate").
 */

type History = Pick<Job, "spotReclaims" | "spotRefusals">;

/** Whether the next task of a job is a Spot task. Once it is not, the run stays on demand to its end. */
export function usesSpot(job: History, { spot }: Pick<Settings, "spot">): boolean {
  return spot && whyOnDemand(job) === undefined;
}

/** Why a job pays for on demand in a stage that has Spot, as its caller reads it. */
export function whyOnDemand({ spotReclaims, spotRefusals = 0 }: History): string | undefined {
  if (spotRefusals >= limits.spotRefusals) return `Spot had no machine for it ${spotRefusals} times`;
  if (spotReclaims >= limits.spotReclaims) return `Spot took its machine away ${spotReclaims} times`;
  return undefined;
}

/** What a job says while its task starts. */
export function startingInWords(job: History, { spot }: Pick<Settings, "spot">): string {
  const why = spot ? whyOnDemand(job) : undefined;
  return why === undefined
    ? "its Fargate task is starting"
    : `its Fargate task is starting, on demand because ${why}`;
}
