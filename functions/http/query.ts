import { Problem } from "@sluice/contract/problem";

/**
 * Refuses a query parameter that the request does not have: a mistyped one would be ignored without a word.
 *
 * @throws Problem `unknown-field`
 */
export function requireKnown(query: object | undefined, known: readonly string[]): void {
  const surplus = Object.keys(query ?? {}).find((name) => !known.includes(name));
  if (surplus === undefined) return;
  const expected = known.length > 0 ? `only ${known.join(", ")}` : "no query";
  throw new Problem(
    "unknown-field",
    `${surplus} is not a query parameter of this request: expected ${expected}`,
    { field: surplus, expected },
  );
}
