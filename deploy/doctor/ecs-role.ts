import { GetRoleCommand } from "@aws-sdk/client-iam";
import { nameOf } from "../failure.ts";
import { type Check, ok, warning } from "./finding.ts";

const RoleName = "AWSServiceRoleForECS";

/** ECS makes it on first use, but a cluster with capacity providers may come too early: the first deploy rolls back. */
export const ecsRole: Check = {
  what: "ECS service-linked role",
  needs: "iam:GetRole",
  async look({ clients }) {
    try {
      await clients.iam.send(new GetRoleCommand({ RoleName }));
      return ok(`${RoleName} is there`);
    } catch (error) {
      if (!/^NoSuchEntity(Exception)?$/.test(nameOf(error))) throw error;
      return warning(
        `this account has no ${RoleName}: its first cluster may fail`,
        "aws iam create-service-linked-role --aws-service-name ecs.amazonaws.com",
      );
    }
  },
};
