import { read } from "./read.ts";
import { tables } from "./tables.ts";
import { write } from "./write.ts";

/** Arrays of numbers from JSON text, and as JSON text. */
export function source(): string {
  return [tables(), read(), write()].join("\n");
}
