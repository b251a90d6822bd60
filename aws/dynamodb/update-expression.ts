import { updatable } from "./job-item.ts";
import { storable } from "./stored-values.ts";

/** Builds DynamoDB's update grammar from plain objects, so that conditions read like the rule they are. */
export interface UpdateExpression {
  readonly UpdateExpression: string;
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly ExpressionAttributeValues: Record<string, unknown>;
}

/**
 * Every field of `guard` must equal; every field of `changes` is set, or removed when undefined;
 * `append` adds one element to a list. `rev` goes up by one. The record must be updatable at `now`, epoch ms.
 */
export function updateExpression(
  now: number,
  guard: Record<string, unknown>,
  changes: Record<string, unknown>,
  append: Record<string, unknown> = {},
): UpdateExpression {
  const record = updatable(now);
  const names: Record<string, string> = { "#rev": "rev", ...record.names };
  const values: Record<string, unknown> = { ":one": 1, ...record.values };
  const sets = ["#rev = #rev + :one"];
  const removes: string[] = [];
  const clauses: string[] = [record.condition];

  for (const [field, value] of Object.entries(guard)) {
    if (value === undefined) continue;
    names[`#${field}`] = field;
    values[`:was_${field}`] = value;
    clauses.push(`#${field} = :was_${field}`);
  }
  for (const [field, value] of Object.entries(changes)) {
    names[`#${field}`] = field;
    if (value === undefined) {
      removes.push(`#${field}`);
      continue;
    }
    values[`:${field}`] = storable(value);
    sets.push(`#${field} = :${field}`);
  }
  for (const [field, value] of Object.entries(append)) {
    names[`#${field}`] = field;
    values[`:more_${field}`] = [storable(value)];
    sets.push(`#${field} = list_append(#${field}, :more_${field})`);
  }
  return {
    UpdateExpression: `SET ${sets.join(", ")}${removes.length > 0 ? ` REMOVE ${removes.join(", ")}` : ""}`,
    ConditionExpression: clauses.join(" AND "),
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  };
}
