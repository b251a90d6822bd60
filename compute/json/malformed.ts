import { endOfString, Malformed } from "./malformed-string.ts";

type Expected =
  | "a value"
  | "a value or ]"
  | "a name in double quotes"
  | "a name in double quotes or }"
  | ":"
  | ", or ]"
  | ", or }"
  | "nothing more";

const code = (character: string): number => character.charCodeAt(0);
const [openList, closeList, openObject, closeObject] = [..."[]{}"].map(code);
const [comma, colon, quote] = [...',:"'].map(code);

/**
 * Says in words what makes a text not JSON (RFC 8259, UTF-8), and in which line and column: what `JSON.parse` refuses
 * without always saying where. Undefined if it is JSON. Reads byte by byte: only for texts that have been refused.
 */
export function whyMalformed(bytes: Uint8Array): string | undefined {
  try {
    check(bytes);
    return undefined;
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return `${error.message} at ${place(bytes, error.at)}`;
  }
}

function check(bytes: Uint8Array): void {
  const open: number[] = [];
  let expected: Expected = "a value";
  const afterValue = (): Expected => {
    if (open.length === 0) return "nothing more";
    return open.at(-1) === openList ? ", or ]" : ", or }";
  };
  for (let at = afterSpace(bytes, 0); at < bytes.length; at = afterSpace(bytes, at)) {
    const byte = bytes[at];
    const mayBeValue = expected === "a value" || expected === "a value or ]";
    const mayBeName = expected.startsWith("a name");
    const start = at;
    at += 1;
    if (byte === quote && (mayBeValue || mayBeName)) {
      at = endOfString(bytes, start);
      expected = mayBeName ? ":" : afterValue();
    } else if (mayBeValue && (byte === openList || byte === openObject)) {
      open.push(byte);
      expected = byte === openList ? "a value or ]" : "a name in double quotes or }";
    } else if (
      (byte === closeList && (expected === "a value or ]" || expected === ", or ]")) ||
      (byte === closeObject && (expected === "a name in double quotes or }" || expected === ", or }"))
    ) {
      open.pop();
      expected = afterValue();
    } else if (byte === comma && expected.startsWith(", or ")) {
      expected = expected === ", or ]" ? "a value" : "a name in double quotes";
    } else if (byte === colon && expected === ":") {
      expected = "a value";
    } else {
      const length = mayBeValue ? lengthOfWord(bytes, start) : 0;
      if (length === 0) throw new Malformed(start, `expected ${expected}, got ${shown(bytes, start)}`);
      at = start + length;
      expected = afterValue();
    }
  }
  if (expected !== "nothing more") {
    throw new Malformed(bytes.length, `expected ${expected}, got the end of the text`);
  }
}

function afterSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) at += 1;
  return at;
}

/** What could be meant as one word or number: as far as that is needed to judge or to show it. */
function word(bytes: Uint8Array, start: number, most: number): string {
  const text = String.fromCharCode(...bytes.subarray(start, start + most));
  return /^[-+.\w]*/.exec(text)?.[0] ?? "";
}

/** The length of a literal or number; 0 if there is none. */
function lengthOfWord(bytes: Uint8Array, start: number): number {
  const literal = /^(true|false|null)/.exec(word(bytes, start, 5));
  if (literal) return literal[0].length;
  let at = start;
  const digits = (): boolean => {
    const from = at;
    while (isDigit(bytes[at])) at += 1;
    return at > from;
  };
  const skip = (...characters: number[]): boolean => {
    const isThere = characters.includes(bytes[at]);
    if (isThere) at += 1;
    return isThere;
  };
  skip(code("-"));
  if (!skip(code("0")) && !digits()) return 0;
  let end = at;
  if (skip(code("."))) {
    if (!digits()) return end - start;
    end = at;
  }
  if (skip(code("e"), code("E"))) {
    skip(code("+"), code("-"));
    if (digits()) end = at;
  }
  return end - start;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function shown(bytes: Uint8Array, at: number): string {
  const text = word(bytes, at, 24);
  if (/^-?(NaN|Infinity)$/.test(text)) return `${text} (write it as "${text}")`;
  if (text !== "") return JSON.stringify(text);
  const [character = ""] = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(at, at + 4));
  return character === "\ufeff" ? "a byte order mark" : JSON.stringify(character);
}

/** Lines and columns count from 1, columns in characters. */
function place(bytes: Uint8Array, at: number): string {
  let line = 1;
  let column = 1;
  for (const byte of bytes.subarray(0, at)) {
    if (byte === 0x0a) {
      line += 1;
      column = 1;
    } else if ((byte & 0xc0) !== 0x80) column += 1;
  }
  return `line ${line}, column ${column}`;
}
