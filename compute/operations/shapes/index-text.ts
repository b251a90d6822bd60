import { Problem } from "@sluice/contract/problem";

/** One item between the commas of an index. */
export type IndexItem =
  | { readonly kind: "integer"; readonly at: number }
  | {
      readonly kind: "slice";
      readonly start: number | undefined;
      readonly stop: number | undefined;
      readonly step: number;
    }
  | { readonly kind: "ellipsis" }
  | { readonly kind: "newaxis" }
  /** The values of an input x0, x1, … */
  | { readonly kind: "array"; readonly input: string };

const field = "params.index";

/** @throws Problem invalid-params, with NumPy's words where it has some */
export function refuseIndex(detail: string, got: string): never {
  throw new Problem("invalid-params", `${field}: ${detail}.`, {
    field,
    expected: 'an index such as "[1, :, ::-2, ..., None, x0]"',
    got,
  });
}

const integer = /^[+-]?[0-9]+$/;

function integerOf(text: string): number {
  const value = Number(text);
  if (!integer.test(text) || !Number.isSafeInteger(value))
    refuseIndex(`${JSON.stringify(text)} is no integer`, text);
  return value;
}

function itemOf(text: string): IndexItem {
  if (text === "...") return { kind: "ellipsis" };
  if (text === "None" || text === "newaxis") return { kind: "newaxis" };
  if (/^x(0|[1-9][0-9]*)$/.test(text)) return { kind: "array", input: text };
  if (!text.includes(":")) return { kind: "integer", at: integerOf(text) };
  const parts = text.split(":").map((part) => (part.trim() === "" ? undefined : integerOf(part.trim())));
  if (parts.length > 3) refuseIndex("a slice has at most two colons", text);
  const [start, stop, step = 1] = parts;
  if (step === 0) refuseIndex("slice step cannot be zero", text);
  return { kind: "slice", start, stop, step };
}

/**
 * Reads an index as NumPy writes it, with or without its brackets: integers, slices, `...`, `None` or `newaxis`, and
 * x0, x1, … for inputs. It is a grammar: nothing is evaluated.
 * @throws Problem invalid-params for any other text
 */
export function parseIndex(text: string): IndexItem[] {
  const trimmed = text.trim();
  const inner = trimmed.startsWith("[") && trimmed.endsWith("]") ? trimmed.slice(1, -1).trim() : trimmed;
  if (inner === "" || inner === "()") return [];
  const items = inner.split(",").map((item) => item.trim());
  // Python allows one comma at the end.
  if (items.length > 1 && items.at(-1) === "") items.pop();
  const parsed = items.map(itemOf);
  if (parsed.filter(({ kind }) => kind === "ellipsis").length > 1) {
    refuseIndex("an index can only have a single ellipsis ('...')", text);
  }
  return parsed;
}

/** Where Python's slice begins on an axis and how many points it takes. */
export function sliceOf(
  { start, stop, step }: Extract<IndexItem, { kind: "slice" }>,
  extent: number,
): { start: number; count: number } {
  const [least, most] = step > 0 ? [0, extent] : [-1, extent - 1];
  const bound = (at: number | undefined, absent: number): number =>
    at === undefined ? absent : Math.min(most, Math.max(least, at < 0 ? at + extent : at));
  const [first, end] = [bound(start, step > 0 ? 0 : extent - 1), bound(stop, step > 0 ? extent : -1)];
  return { start: first, count: Math.max(0, Math.ceil((end - first) / step)) };
}
