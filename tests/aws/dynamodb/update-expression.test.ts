import { describe, expect, test } from "vitest";
import { updateExpression } from "../../../aws/dynamodb/update-expression.ts";
import { start } from "../../support/jobs/sample-jobs.ts";

describe("an update", () => {
  test("reads like the rule it is", () => {
    expect(
      updateExpression(
        start,
        { dispatch: 3, status: "PENDING" },
        { status: "PROCESSING", step: undefined },
        { attempts: { n: 1 } },
      ),
    ).toEqual({
      UpdateExpression:
        "SET #rev = #rev + :one, #status = :status, #attempts = list_append(#attempts, :more_attempts) REMOVE #step",
      ConditionExpression:
        "#v <= :readable AND #ttl >= :seconds AND #dispatch = :was_dispatch AND #status = :was_status",
      ExpressionAttributeNames: {
        "#rev": "rev",
        "#v": "v",
        "#ttl": "ttl",
        "#dispatch": "dispatch",
        "#status": "status",
        "#step": "step",
        "#attempts": "attempts",
      },
      ExpressionAttributeValues: {
        ":one": 1,
        ":readable": 2,
        ":seconds": start / 1000,
        ":was_dispatch": 3,
        ":was_status": "PENDING",
        ":status": "PROCESSING",
        ":more_attempts": [{ n: 1 }],
      },
    });
  });

  test("without a guard still needs the item to be there, to be read here and not to have expired", () => {
    const { ConditionExpression, UpdateExpression } = updateExpression(
      start,
      { rev: undefined },
      { progress: 0 },
    );
    expect(ConditionExpression).toBe("#v <= :readable AND #ttl >= :seconds");
    expect(UpdateExpression).toBe("SET #rev = #rev + :one, #progress = :progress");
  });
});
