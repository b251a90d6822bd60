import { dtypes, nonFinite, nonFiniteNames } from "@sluice/contract/array";
import { Problem } from "@sluice/contract/problem";
import * as z from "zod";

export const wholeNumber = () => z.int({ error: "an integer" });

/** One axis or several. */
export const axesList = () =>
  z.union([wholeNumber(), z.array(wholeNumber())], { error: "an integer or a list of integers" });

export const listOf = (value: number | readonly number[]): readonly number[] =>
  typeof value === "number" ? [value] : value;

const extent = () => z.int({ error: "a whole number from 0" }).min(0, { error: "a whole number from 0" });

export const shapeParam = () =>
  z
    .union([extent(), z.array(extent()).max(64, { error: "at most 64 axes" })], {
      error: "a whole number from 0, or a list of them",
    })
    .describe("Extents of the result; a number alone for a vector");

export const dtypeOrNull = (meaning: string) =>
  z
    .enum(dtypes, { error: `one of ${dtypes.join(", ")}` })
    .nullable()
    .default(null)
    .describe(meaning);

export const realNumber = () => z.union([z.number(), z.literal(nonFiniteNames)], { error: "a number" });
export type RealNumber = z.output<ReturnType<typeof realNumber>>;
export const numberOf = (value: RealNumber): number => (typeof value === "number" ? value : nonFinite[value]);

/** @throws Problem invalid-params */
export function refuseParam(field: string, expected: string, got: string): never {
  throw new Problem("invalid-params", `${field}: expected ${expected}, got ${got}`, { field, expected, got });
}
