import { existsSync } from "node:fs";
import type { DenseArray } from "@sluice/contract/array";

interface FastJson {
  parseJson(bytes: Uint8Array, places: (document: unknown) => Iterable<[object, string]>): unknown;
  arrayText(array: DenseArray, limit: number): { readonly text: string } | undefined;
}

const modules = ["parse", "write-array"].map((file) => `@sluice/compute/json/${file}`);

/** The codec of compute/json. */
export async function fastJson(): Promise<FastJson> {
  const found = await Promise.all(modules.map((name) => import(name)));
  return Object.assign({}, ...found) as FastJson;
}

export const jsonAbsence = (): string | undefined =>
  modules.every((name) => existsSync(new URL(import.meta.resolve(name))))
    ? undefined
    : "there is no JSON codec of our own yet";
