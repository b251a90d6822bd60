import type { FloatingArray } from "@sluice/contract/array";
import { Problem } from "@sluice/contract/problem";

/**
 * For iterations, which a NaN would keep going and an infinity makes one. NumPy raises too.
 * @throws Problem not-finite
 */
export function requireFinite(name: string, { data }: FloatingArray): void {
  for (let index = 0; index < data.length; index += 1) {
    if (Number.isFinite(data[index])) continue;
    throw new Problem("not-finite", `inputs.${name} holds ${data[index]}: its numbers must be finite.`, {
      field: `inputs.${name}`,
      expected: "finite numbers",
      got: String(data[index]),
    });
  }
}
