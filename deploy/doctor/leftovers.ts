import { DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import { nameOf } from "../failure.ts";
import { type Check, fatal, ok } from "./finding.ts";

/**
 * A table whose name the stack cannot take: of a stage that was removed with its data kept, or of a first deploy
 * that failed. A rollback cannot delete a table with deletion protection, and then goes on without it.
 */
export const leftovers: Check = {
  what: "names are free",
  needs: "dynamodb:DescribeTable",
  async look({ clients, stage, resources }) {
    if (resources.some(({ LogicalResourceId }) => LogicalResourceId === "JobsTable"))
      return ok("the stack is there and owns them");
    const TableName = `${stage.stackName}-jobs`;
    try {
      await clients.dynamo.send(new DescribeTableCommand({ TableName }));
    } catch (error) {
      if (nameOf(error) !== "ResourceNotFoundException") throw error;
      return ok(`no table ${TableName} of an earlier stage`);
    }
    const table = `--table-name ${TableName} --region ${stage.region}`;
    return fatal(
      `the table ${TableName} is there and no stack owns it: a stage was removed with its data kept, or its first deploy failed`,
      `if it may go: aws dynamodb update-table --no-deletion-protection-enabled ${table} && aws dynamodb delete-table ${table}; ` +
        "of a removed stage the bucket too. Else import them into a stack " +
        "(aws cloudformation create-change-set --change-set-type IMPORT), or take another --stage",
    );
  },
};
