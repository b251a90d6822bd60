import { Problem } from "./problem.ts";

/** The three entries of a .npy header, as written. */
export interface HeaderFields {
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
}

const tokens =
  /\s*(?:(?<string>'[^'\\]*'|"[^"\\]*")|(?<integer>\d+)L?|(?<word>True|False)|(?<mark>[{}():,]))/y;

interface Token {
  readonly kind: "string" | "integer" | "word" | "mark" | "end";
  readonly text: string;
}

function refuse(expected: string, got: string): never {
  throw new Problem("invalid-npy", `The .npy header must have ${expected}, not ${got}.`, { expected, got });
}

/** Every token of the literal, ending with an "end". */
function tokenize(header: string): Token[] {
  const found: Token[] = [];
  const text = header.trimEnd();
  tokens.lastIndex = 0;
  let at = 0;
  while (at < text.length) {
    tokens.lastIndex = at;
    const groups = tokens.exec(text)?.groups;
    const [kind, matched] = Object.entries(groups ?? {}).find(([, value]) => value !== undefined) ?? [];
    if (kind === undefined || matched === undefined) {
      refuse(
        "a literal dictionary of descr, fortran_order and shape",
        JSON.stringify(text.slice(at, at + 40)),
      );
    }
    found.push({ kind: kind as Token["kind"], text: kind === "string" ? matched.slice(1, -1) : matched });
    at = tokens.lastIndex;
  }
  return [...found, { kind: "end", text: "the end of the header" }];
}

/**
 * Reads the Python literal of a .npy header by its grammar; nothing is ever evaluated. Keys in any
 * order, trailing commas, and Python 2's `3L` are fine, anything else is refused.
 * @throws Problem invalid-npy
 */
export function parseHeaderLiteral(header: string): HeaderFields {
  const rest = tokenize(header);
  const next = (): Token => rest.shift() ?? { kind: "end", text: "the end of the header" };
  const isMark = (text: string): boolean => rest[0]?.kind === "mark" && rest[0].text === text;
  const take = (kind: Token["kind"], expected: string, text?: string): string => {
    const token = next();
    if (token.kind !== kind || (text !== undefined && token.text !== text)) refuse(expected, token.text);
    return token.text;
  };

  /** `()`, `(3,)`, `(3, 4)`, `(3, 4,)`; `(3)` is a number in Python, not a tuple. */
  const tuple = (): number[] => {
    take("mark", "a tuple as its shape", "(");
    const extents: number[] = [];
    while (!isMark(")")) {
      extents.push(Number(take("integer", "whole numbers in its shape")));
      if (isMark(",")) next();
      else if (extents.length === 1) refuse("a tuple such as (3,) as its shape", "a number in parentheses");
      else break;
    }
    take("mark", "a closed tuple as its shape", ")");
    return extents;
  };

  const fields: { descr?: string; fortranOrder?: boolean; shape?: number[] } = {};
  take("mark", "a dictionary", "{");
  while (!isMark("}")) {
    const key = take("string", "quoted keys");
    take("mark", `a colon after ${key}`, ":");
    if (key === "descr" && fields.descr === undefined)
      fields.descr = take("string", "a plain dtype string as descr");
    else if (key === "fortran_order" && fields.fortranOrder === undefined) {
      fields.fortranOrder = take("word", "True or False as fortran_order") === "True";
    } else if (key === "shape" && fields.shape === undefined) fields.shape = tuple();
    else refuse("descr, fortran_order and shape, once each", key);
    if (!isMark(",")) break;
    next();
  }
  take("mark", "a closed dictionary", "}");
  take("end", "nothing after the dictionary");
  const { descr, fortranOrder, shape } = fields;
  if (descr === undefined) return refuse("a descr", "none");
  if (fortranOrder === undefined) return refuse("a fortran_order", "none");
  if (shape === undefined) return refuse("a shape", "none");
  return { descr, fortranOrder, shape };
}
