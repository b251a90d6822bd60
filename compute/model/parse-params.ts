import { validate } from "@sluice/contract/validate";
import type { z } from "zod";

export type Params = Record<string, unknown>;

/** Params by the operation's schema, with its defaults. `undefined` means none given. */
export function parseParams(schema: z.ZodObject, params: unknown): Params {
  return validate(schema, params ?? {}, { root: "params", code: "invalid-params" });
}
