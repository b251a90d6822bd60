import type { Case } from "./case.ts";

export interface Selection {
  readonly words: readonly string[];
  readonly quick: boolean;
}

/** What the caller asked for is not in the table. */
export class NothingSelected extends Error {}

const size = /^\d+$/;
const engineNames: readonly string[] = ["wasm", "native", "reference", "c"];

/**
 * The cases that the words leave: names of cases, sizes and engines, each kind narrowing the others
 * (`matmul wasm 512 1024`). `--quick` leaves out what takes long, unless its size is asked for.
 * @throws NothingSelected for a word that is none of them, or when they leave nothing
 */
export function selected(cases: readonly Case[], { words, quick }: Selection): Case[] {
  const sizes = words.filter((word) => size.test(word));
  const engines = words.filter((word) => engineNames.includes(word));
  const names = words.filter((word) => !sizes.includes(word) && !engines.includes(word));
  const known = new Set(cases.map((one) => one.case));
  for (const name of names) {
    if (known.has(name)) continue;
    throw new NothingSelected(
      `no case is called ${name}; there are ${[...known].join(", ")}, sizes, and the engines ${engineNames.join(", ")}`,
    );
  }
  const chosen = (asked: readonly string[], value: string) => asked.length === 0 || asked.includes(value);
  const left = cases.filter(
    (one) =>
      chosen(names, one.case) &&
      chosen(engines, one.engine) &&
      chosen(sizes, String(one.n)) &&
      !(quick && one.slow && sizes.length === 0),
  );
  if (left.length === 0) throw new NothingSelected(`no case is all of ${words.join(", ")}`);
  return left;
}
