import { GetAccountSettingsCommand } from "@aws-sdk/client-lambda";
import { type Check, ok, warning } from "./finding.ts";
import { askForMore } from "./quota.ts";

const quota = { ServiceCode: "lambda", QuotaCode: "L-B99A9384" };

/** New accounts have 10 environments at once, for all functions of the region together. */
export const lambdaConcurrency: Check = {
  what: "Lambda concurrency",
  needs: "lambda:GetAccountSettings",
  async look({ clients, stage }) {
    const work = Number(stage.settings.workConcurrency);
    const held = Number(stage.settings.waitHolders);
    const { AccountLimit } = await clients.lambda.send(new GetAccountSettingsCommand({}));
    const limit = AccountLimit?.UnreservedConcurrentExecutions ?? 0;
    if (limit >= work + held)
      return ok(`${limit}, of which the stage uses at most ${work + held}, and what the API needs`);
    return warning(
      `${limit}: workConcurrency (${work}) and waitHolders (${held}) together may take more, and the API answers 503`,
      `lower both in infra/stages.yml, or: ${askForMore(quota, 1000, stage.region)}`,
    );
  },
};
