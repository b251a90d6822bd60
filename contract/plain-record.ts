import * as z from "zod";
import { maxParamsBytes, maxParamsLevels } from "./limits.ts";

/** Objects whose keys the caller chooses. */

const isContainer = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

/** zod leaves `__proto__` out of a record without a word; a caller is told of every key that is not taken. */
function refuseHiddenKey(value: Record<string, unknown>, context: z.RefinementCtx): boolean {
  if (!Object.hasOwn(value, "__proto__")) return false;
  context.addIssue({ code: "unrecognized_keys", keys: ["__proto__"], path: [], input: value });
  return true;
}

/** The schema of a record, which first refuses a key `__proto__`. */
export function plainRecord<Schema extends z.ZodType>(schema: Schema) {
  return z
    .unknown()
    .superRefine((value, context) => {
      if (isContainer(value)) refuseHiddenKey(value, context);
    })
    .pipe(schema as z.ZodType<z.output<Schema>, unknown>);
}

/** Level by level, and no further than the bounds: the walk of what is refused costs no more than that of what is taken. */
function checkParams(params: unknown, context: z.RefinementCtx): void {
  const refuseSize = () =>
    context.addIssue({ code: "custom", message: `expected params of at most ${maxParamsBytes} bytes` });
  let values = 0;
  let level = [params].filter(isContainer);
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth === maxParamsLevels) {
      const message = `expected at most ${maxParamsLevels} lists and objects in one another`;
      context.addIssue({ code: "custom", message, params: { problem: "invalid-params" } });
      return;
    }
    for (const value of level) {
      values += Array.isArray(value) ? value.length : 0;
      // A value and its comma take two bytes.
      if (2 * values > maxParamsBytes + 1) {
        refuseSize();
        return;
      }
      if (refuseHiddenKey(value, context)) return;
    }
    level = level.flatMap((value) => Object.values(value)).filter(isContainer);
  }
  if (new TextEncoder().encode(JSON.stringify(params)).byteLength > maxParamsBytes) refuseSize();
}

/** Params of any operation: bounded before any schema walks through them. */
export const paramsRecord = z.unknown().superRefine(checkParams).pipe(z.record(z.string(), z.unknown()));
