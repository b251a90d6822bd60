import { ecsRoleName, hasEcsRole } from "../ecs-role.ts";
import { type Check, ok, warning } from "./finding.ts";

export const ecsRole: Check = {
  what: "ECS service-linked role",
  needs: "iam:GetRole",
  async look({ clients }) {
    if (await hasEcsRole(clients)) return ok(`${ecsRoleName} is there`);
    return warning(
      `this account has no ${ecsRoleName} yet: its first cluster may come too early for it`,
      "a deploy makes it, if it may: aws iam create-service-linked-role --aws-service-name ecs.amazonaws.com",
    );
  },
};
