import type { Stage } from "../stage.ts";
import { type Check, fatal, ok } from "./finding.ts";

/** What CloudFormation says of the stack, by its status: where it takes no update, and what to do. */
const stuck: [RegExp, (stack: string, stage: Stage) => string][] = [
  // A change set that was made for a new stack and never executed: nobody is at work.
  [
    /^REVIEW_IN_PROGRESS$/,
    (stack, { region }) => `aws cloudformation delete-stack --stack-name ${stack} --region ${region}`,
  ],
  [/_IN_PROGRESS$/, () => "wait until whoever deploys or removes it has finished"],
  [
    /^(ROLLBACK_COMPLETE|ROLLBACK_FAILED|CREATE_FAILED|DELETE_FAILED)$/,
    (_, { name }) => `npm run remove -- --stage ${name}`,
  ],
  [
    /^UPDATE_ROLLBACK_FAILED$/,
    (stack, { region }) =>
      `aws cloudformation continue-update-rollback --stack-name ${stack} --region ${region}`,
  ],
];

export const stack: Check = {
  what: "stack",
  needs: "cloudformation:DescribeStacks",
  async look({ stack, stage }) {
    if (!stack) return ok(`${stage.stackName} is not there yet: a first deploy`);
    const status = String(stack.StackStatus);
    const fix = stuck.find(([pattern]) => pattern.test(status))?.[1];
    const found = `${stage.stackName} is ${status}`;
    return fix ? fatal(`${found}: it takes no update`, fix(stage.stackName, stage)) : ok(found);
  },
};
