import type { InputRule, Operation } from "../model/operation.ts";

/** Inputs of which there may be several: x0, x1, … behind those that have names of their own. */
export interface VariadicRule extends InputRule {
  /** How many there must be at least. */
  readonly least: number;
}

type Takes = Pick<Operation, "inputs" | "variadic">;

const listedName = /^x(0|[1-9][0-9]*)$/;

/** What an operation says of its input of this name; undefined where it has none. */
export function inputRule({ inputs, variadic }: Takes, name: string): InputRule | undefined {
  if (Object.hasOwn(inputs, name)) return inputs[name];
  return listedName.test(name) ? variadic : undefined;
}

/** The inputs x0, x1, … up to the first that is missing, in their order. */
export function listed<Item>(inputs: object): Item[] {
  const items: Item[] = [];
  // Sound because input-checks.ts holds all of them to one rule.
  const all = inputs as Readonly<Record<string, Item>>;
  while (Object.hasOwn(all, `x${items.length}`)) items.push(all[`x${items.length}`]);
  return items;
}

/** Names of the first inputs, as a list of values fills them: own names first, then x0, x1, … */
export function inputNames({ inputs, variadic }: Takes, count: number): string[] {
  const own = Object.keys(inputs);
  if (!variadic) return own;
  return [...own, ...Array.from({ length: Math.max(0, count - own.length) }, (_, index) => `x${index}`)];
}
