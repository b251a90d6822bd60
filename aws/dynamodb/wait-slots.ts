import { randomInt } from "node:crypto";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { WaitSlots } from "../../jobs/ports.ts";
import { dynamo } from "./client.ts";

/** Four random slots of W: with half of them taken, 15 of 16 callers find one. Best effort is the contract. */
const tries = 4;

/**
 * At most W requests hold a Lambda while they wait. Each slot is an item with an end time, so a holder
 * that dies gives its slot back by the clock.
 */
export function waitSlots(tableName: string, holders: number, now: () => number): WaitSlots {
  const set = (slot: string, from: number, until: number) =>
    dynamo().send(
      new UpdateCommand({
        TableName: tableName,
        Key: { pk: slot },
        UpdateExpression: "SET #until = :until, #ttl = :ttl",
        ConditionExpression: "attribute_not_exists(#until) OR #until <= :from",
        ExpressionAttributeNames: { "#until": "until", "#ttl": "ttl" },
        ExpressionAttributeValues: {
          ":until": until,
          ":from": from,
          ":ttl": Math.ceil(until / 1000) + 86_400,
        },
      }),
    );

  return {
    async take(seconds) {
      for (let attempt = 0; attempt < tries; attempt++) {
        const slot = `wait#${randomInt(holders)}`;
        const until = now() + (seconds + 1) * 1000;
        try {
          await set(slot, now(), until);
          // Only our own hold is ended: one that ran out may have been taken by another since.
          return async () => {
            await set(slot, until, 0).catch(() => undefined);
          };
        } catch (error) {
          if (!(error instanceof ConditionalCheckFailedException)) throw error;
        }
      }
      return undefined;
    },
  };
}
