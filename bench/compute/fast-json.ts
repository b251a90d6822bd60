import type { DenseArray } from "@sluice/contract/array";

interface FastJson {
  readArray(bytes: Uint8Array, start: number): { readonly array: DenseArray } | undefined;
  arrayText(array: DenseArray): { readonly text: string } | undefined;
}

const modules = ["read-array", "write-array"].map((file) => `@sluice/compute/json/${file}`);

/** The codec of compute/json. @throws Error where this checkout has none */
export async function fastJson(): Promise<FastJson> {
  const found = await Promise.all(modules.map((name) => import(name)));
  return Object.assign({}, ...found) as FastJson;
}

export const jsonAbsence = (): Promise<string | undefined> =>
  fastJson().then(
    () => undefined,
    () => "there is no JSON codec of our own yet",
  );
