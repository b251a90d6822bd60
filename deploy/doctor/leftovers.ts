import { DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import { nameOf } from "../failure.ts";
import { type Check, fatal, ok } from "./finding.ts";

/** A stage that was removed with its data kept: the new stack cannot make a table whose name is taken. */
export const leftovers: Check = {
  what: "names are free",
  needs: "dynamodb:DescribeTable",
  async look({ clients, stage, stack }) {
    if (stack) return ok("the stack is there and owns them");
    const TableName = `${stage.stackName}-jobs`;
    try {
      await clients.dynamo.send(new DescribeTableCommand({ TableName }));
    } catch (error) {
      if (nameOf(error) !== "ResourceNotFoundException") throw error;
      return ok(`no table ${TableName} of an earlier stage`);
    }
    return fatal(
      `the table ${TableName} of a stage that was removed with its data kept is still there`,
      "delete table and bucket by hand, import them into a stack (aws cloudformation create-change-set --change-set-type IMPORT), or take another --stage",
    );
  },
};
