import { type Check, ok, warning } from "./finding.ts";
import { reservedConcurrency } from "./reserved-concurrency.ts";

/**
 * A remove stops the functions first (deploy/remove/quiet.ts). Where it came no further, a deploy ends well and
 * they stay stopped: CloudFormation changes nothing back that its templates have not changed.
 */
export const functionsRun: Check = {
  what: "functions run",
  needs: "lambda:GetFunctionConcurrency",
  async look(examined) {
    const { stage } = examined;
    const functions = await reservedConcurrency(examined);
    const stopped = functions.flatMap(({ name, reserved }) => (reserved === 0 ? [name] : []));
    if (stopped.length === 0) return ok(functions.length === 0 ? "there are none yet" : "none is stopped");
    return warning(
      `stopped by a remove that did not end, or by hand, and a deploy starts none: ${stopped.join(", ")}`,
      `remove again, or for each: aws lambda delete-function-concurrency --function-name NAME --region ${stage.region}`,
    );
  },
};
