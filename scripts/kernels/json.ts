import { read } from "./json/read.ts";
import { tables } from "./json/tables.ts";
import { write } from "./json/write.ts";

/** Arrays of numbers from JSON text, and as JSON text. */
export function source(): string {
  return [tables(), read(), write()].join("\n");
}
