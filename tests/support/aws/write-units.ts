import type { Exchange } from "./stub-cloud.ts";

/**
 * What DynamoDB bills for the writes to the jobs table. Rules: its developer guide, "Write request units" (the larger
 * of the item before and after, per KB begun), "Write capacity for a global secondary index" (one for an entry that
 * comes or goes, two when its key changes, none when it stays) and "Item sizes and formats".
 */

// biome-ignore lint/suspicious/noExplicitAny: an item in DynamoDB's wire format
type Item = Record<string, any>;

const indexKeys = [
  ["owner", "createdSort"],
  ["dueShard", "dueAt"],
  ["line", "lineSince"],
] as const;

/** Counts the units of exchanges as they are handed over; remembers how each item was last left. */
export function writeMeter(): (exchanges: readonly Exchange[]) => number {
  const items = new Map<string, Item>();
  return (exchanges) =>
    exchanges.reduce((units, { action, input, output }) => {
      if (action !== "PutItem" && action !== "UpdateItem") return units;
      const known = items.get(input.Key?.pk.S);
      const after: Item | undefined = input.Item ?? output.Attributes ?? (known && without(known, input));
      // aws/dynamodb/slots.ts asks for no image: its item is in no index, and one unit long up to 12 tasks.
      if (!after) return units + 1;
      const before = items.get(after.pk.S) ?? {};
      items.set(after.pk.S, after);
      const size = Math.max(sizeOf(before), sizeOf(after));
      return units + Math.ceil(size / 1024) + indexUnits(before, after);
    }, 0);
}

/** What an update that asks for no image leaves of an item: the attributes that it removes are gone. */
function without(item: Item, { UpdateExpression = "", ExpressionAttributeNames: names = {} }: Item): Item {
  const [, removed = ""] = /\bREMOVE (.*)$/.exec(UpdateExpression) ?? [];
  const gone = removed.split(", ").map((name) => names[name]);
  return Object.fromEntries(Object.entries(item).filter(([name]) => !gone.includes(name)));
}

function indexUnits(before: Item, after: Item): number {
  return indexKeys.reduce((units, keys) => {
    const [was, is] = [before, after].map((item) => {
      const values = keys.map((key) => item[key]);
      return values.includes(undefined) ? undefined : JSON.stringify(values);
    });
    if (was === is) return units;
    return units + (was === undefined || is === undefined ? 1 : 2);
  }, 0);
}

function sizeOf(item: Item): number {
  return Object.entries(item).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + valueSize(value),
    0,
  );
}

function valueSize(value: Item): number {
  const [[type, content] = ["NULL", true]] = Object.entries(value);
  switch (type) {
    case "S":
      return Buffer.byteLength(content);
    case "B":
      return Buffer.byteLength(content, "base64");
    case "N":
      return Math.ceil(String(content).replace(/[-.]/g, "").length / 2) + 1;
    case "M":
      return 3 + sizeOf(content) + Object.keys(content).length;
    case "L":
      return 3 + content.reduce((sum: number, element: Item) => sum + valueSize(element) + 1, 0);
    default:
      return 1;
  }
}
