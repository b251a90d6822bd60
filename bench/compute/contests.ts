import { isDeepStrictEqual } from "node:util";
import { type ArrayPosition, parseJson } from "@sluice/compute/json/parse";
import { arrayText } from "@sluice/compute/json/write-array";
import type { FloatingArray } from "@sluice/contract/array";
import { arrayToJson } from "@sluice/contract/array-json";
import { callOf } from "./calls.ts";
import type { Case } from "./case.ts";
import type { Contest } from "./contest.ts";
import { uniform } from "./engine-factory.ts";
import { isLinearAlgebra, linearAlgebra } from "./linear-algebra.ts";

/** The size that larger ones are compared with. */
const side = 2048;
const often = { factor: 1, warmUps: 3, rounds: 7 };

/** 8192 takes most of a minute a call. */
function large(one: Case, n: number): Contest {
  const other = callOf({ ...one, n: side });
  return { mine: callOf(one), other, factor: (n / side) ** 3, warmUps: 1, rounds: n > 4096 ? 2 : 3 };
}

/** A document with rows of numbers of 17 digits, all of which matter to which double is meant. */
function digits({ shape: [, columns = 0], data }: FloatingArray): Uint8Array {
  const texts = Array.from(data, (value) => value.toPrecision(17));
  const rows = Array.from({ length: data.length / columns }, (_, row) =>
    texts.slice(row * columns, (row + 1) * columns).join(),
  );
  return new TextEncoder().encode(`{"a":[[${rows.join("],[")}]]}`);
}

function parsedAndCopied(text: Uint8Array): Float64Array {
  const { a: rows } = JSON.parse(new TextDecoder().decode(text)) as { a: number[][] };
  const columns = rows[0]?.length ?? 0;
  const data = new Float64Array(rows.length * columns);
  for (const [index, row] of rows.entries()) data.set(row, index * columns);
  return data;
}

function requireEqual(ours: unknown, theirs: unknown): void {
  if (!isDeepStrictEqual(ours, theirs)) throw new Error("our JSON codec and V8's do not agree");
}

function reading(n: number): Contest {
  const text = digits(uniform([n, n], 1));
  const positions = (document: unknown): ArrayPosition[] => [[document as Record<string, unknown>, "a"]];
  const mine = () => (parseJson(text, positions) as { a: FloatingArray }).a.data;
  const other = () => parsedAndCopied(text);
  requireEqual(mine(), other());
  return { ...often, mine, other };
}

function writing(n: number): Contest {
  const array = uniform([n, n], 1);
  const mine = () => arrayText(array, Number.POSITIVE_INFINITY)?.text;
  const other = () => JSON.stringify(arrayToJson(array));
  requireEqual(mine(), other());
  return { ...often, mine, other };
}

export function contest(one: Case): Contest {
  const n = one.n ?? 0;
  if (isLinearAlgebra(one.case)) return linearAlgebra(one);
  if (one.case === "json-in") return reading(n);
  if (one.case === "json-out") return writing(n);
  if (one.threads > 1) return { ...often, mine: callOf(one), other: callOf({ ...one, threads: 1 }) };
  return large(one, n);
}
