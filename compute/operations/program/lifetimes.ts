import type { ResolvedProgram } from "./resolve.ts";

/** Values that no later step and no output needs, by the step after which they are given back. */
export function lastUses({ steps, outputs }: ResolvedProgram): readonly (readonly string[])[] {
  const last = new Map<string, number>();
  for (const [index, { args, values }] of steps.entries()) {
    // A result nobody asks for dies at once.
    for (const value of Object.values(values)) last.set(value, index);
    for (const arg of Object.values(args)) if (typeof arg === "string") last.set(arg, index);
  }
  for (const value of Object.values(outputs)) last.delete(value);
  const made = new Set(steps.flatMap(({ values }) => Object.values(values)));
  // Inputs are the caller's: they stay to the end.
  return steps.map((_, index) =>
    [...last].filter(([value, at]) => at === index && made.has(value)).map(([value]) => value),
  );
}
