import { type CatalogueEntry, catalogue } from "@sluice/compute";
import { inputNames } from "@sluice/compute/operations/variadic";
import fc from "fast-check";
import { arrayRef } from "./arrays.ts";
import { junk, orJunk } from "./values.ts";

/** Bodies of the catalogue's operations, read from the catalogue itself: a new operation is fuzzed from its first day. */

type Params = Record<string, unknown>;

const anyValue = fc.oneof(
  fc.constantFrom<unknown>(0, 1, -1, 2, 3, 0.5, true, false, null, "valid", "same", "fro", "nuc", "linear"),
  fc.constantFrom<unknown>([0], [1], [-1], [0, 1], [1, 0], [-2, -1], [0, 0], [2, 2], [3, 1], [0.1, 0.9]),
  fc.constantFrom<unknown>(1e9, 1e15, 2 ** 53 - 1, -(2 ** 53 - 1), 1e300, -1e17, 5e-324, [1e9, 1e9]),
  fc.array(fc.integer({ min: -3, max: 60 }), { maxLength: 12 }),
);

/** The values that a param's JSON Schema lists, however deep. */
function wordsOf(schema: unknown): unknown[] {
  if (typeof schema !== "object" || schema === null) return [];
  const own = schema as { type?: unknown; enum?: unknown[]; const?: unknown };
  if (own.type === "boolean") return [true, false];
  const said = [...(own.enum ?? []), ...("const" in own ? [own.const] : [])];
  return [...said, ...Object.values(schema).flatMap(wordsOf)];
}

function paramsOf({ params }: CatalogueEntry): fc.Arbitrary<Params> {
  const properties = (params.properties ?? {}) as Record<string, unknown>;
  const model = Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => {
      const words = wordsOf(schema);
      const listed = words.length > 0 ? fc.constantFrom(...words) : anyValue;
      const likely = fc.oneof({ weight: 5, arbitrary: listed }, { weight: 2, arbitrary: anyValue });
      return [name, orJunk(likely)];
    }),
  );
  return fc.record(model, { requiredKeys: [] });
}

const entries = catalogue();
const plain = entries.filter(({ anyInputs }) => anyInputs === undefined);
export const operationNames = plain.map(({ name }) => name);
/** How many inputs each takes. */
export const inputCounts = new Map(plain.map((entry) => [entry.name, inputNames(entry, 2).length]));

function bodyOf(entry: CatalogueEntry): fc.Arbitrary<Params> {
  const names = inputNames(entry, 2);
  const inputs = fc.record(Object.fromEntries(names.map((name) => [name, arrayRef])));
  return fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({ operation: fc.constant(entry.name), params: paramsOf(entry), inputs }),
    },
    { weight: 3, arbitrary: fc.constant({ ...entry.example }) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constant(entry.example), paramsOf(entry))
        .map(([example, params]) => ({ ...example, params })),
    },
  );
}

/** A body of one operation, mostly of the kind it takes. */
export const operationBody: fc.Arbitrary<Params> = fc.oneof(...plain.map(bodyOf));

/** Params of an operation by its name. */
export const paramsByName = new Map(plain.map((entry) => [entry.name, paramsOf(entry)]));

/** An example whose values, one or two of them, are something else. */
export const brokenExample: fc.Arbitrary<Params> = fc
  .tuple(fc.constantFrom(...entries), fc.array(fc.tuple(fc.nat(), junk), { minLength: 1, maxLength: 2 }))
  .map(([{ example }, changes]) => changes.reduce((body, change) => replaced(body, ...change), example));

/** The body with its `which`th value, counted through all levels, replaced. */
function replaced(body: Params, which: number, value: unknown): Params {
  const copy = structuredClone(body);
  const places: [Record<string, unknown>, string][] = [];
  const walk = (holder: Record<string, unknown>): void => {
    for (const [key, inner] of Object.entries(holder)) {
      places.push([holder, key]);
      if (typeof inner === "object" && inner !== null) walk(inner as Record<string, unknown>);
    }
  };
  walk(copy);
  const place = places[which % places.length];
  if (place) place[0][place[1]] = value;
  return copy;
}
