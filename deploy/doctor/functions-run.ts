import { GetFunctionConcurrencyCommand } from "@aws-sdk/client-lambda";
import { type Check, ok, warning } from "./finding.ts";

/**
 * A remove stops the functions first (deploy/remove/quiet.ts). Where it came no further, a deploy ends well and
 * they stay stopped: CloudFormation changes nothing back that its templates never named.
 */
export const functionsRun: Check = {
  what: "functions run",
  needs: "lambda:GetFunctionConcurrency",
  async look({ clients, stage, resources }) {
    const names = resources.flatMap(({ ResourceType, PhysicalResourceId }) =>
      ResourceType === "AWS::Lambda::Function" && PhysicalResourceId ? [PhysicalResourceId] : [],
    );
    const stopped: string[] = [];
    for (const FunctionName of names) {
      const { ReservedConcurrentExecutions } = await clients.lambda.send(
        new GetFunctionConcurrencyCommand({ FunctionName }),
      );
      if (ReservedConcurrentExecutions === 0) stopped.push(FunctionName);
    }
    if (stopped.length === 0) return ok(names.length === 0 ? "there are none yet" : "none is stopped");
    return warning(
      `stopped by a remove that did not end, or by hand, and a deploy starts none: ${stopped.join(", ")}`,
      `remove again, or for each: aws lambda delete-function-concurrency --function-name NAME --region ${stage.region}`,
    );
  },
};
