import { CreateServiceLinkedRoleCommand, GetRoleCommand } from "@aws-sdk/client-iam";
import type { Clients } from "./clients.ts";
import { nameOf, sayError } from "./failure.ts";
import type { Tell } from "./stage.ts";

/** ECS's own role in an account. */
export const ecsRoleName = "AWSServiceRoleForECS";

export async function hasEcsRole({ iam }: Clients): Promise<boolean> {
  try {
    await iam.send(new GetRoleCommand({ RoleName: ecsRoleName }));
    return true;
  } catch (error) {
    if (!/^NoSuchEntity(Exception)?$/.test(nameOf(error))) throw error;
    return false;
  }
}

/**
 * ECS makes the role together with the account's first cluster, and then often cannot assume it yet: the first deploy
 * of a new account rolls back. Made here it is minutes old by then. In the template it would fail where it exists.
 * Source: github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/818
 */
export async function ensureEcsRole(clients: Clients, tell: Tell): Promise<void> {
  try {
    if (await hasEcsRole(clients)) return;
    await clients.iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName: "ecs.amazonaws.com" }));
    tell.note(`Made ${ecsRoleName}, which ECS needs once in an account.`);
  } catch (error) {
    // Who may not look or make it may still deploy: in most accounts it is there.
    tell.warn(`${ecsRoleName} could not be made: ${sayError(error)}`);
  }
}
