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
const [minus, plus, point, zero, nine] = [..."-+.09"].map(code);

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
    const mayBeName: boolean =
      expected === "a name in double quotes" || expected === "a name in double quotes or }";
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
    } else if (byte === comma && (expected === ", or ]" || expected === ", or }")) {
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

const literals = ["true", "false", "null"].map((literal) => Uint8Array.from(literal, code));

/** The length of a literal or number; 0 if there is none. */
function lengthOfWord(bytes: Uint8Array, start: number): number {
  const literal = literals.find(([first]) => first === bytes[start]);
  if (literal) return literal.every((byte, index) => byte === bytes[start + index]) ? literal.length : 0;
  const from = bytes[start] === minus ? start + 1 : start;
  let end = bytes[from] === zero ? from + 1 : afterDigits(bytes, from);
  if (end === from) return 0;
  if (bytes[end] === point) {
    const decimals = afterDigits(bytes, end + 1);
    if (decimals === end + 1) return end - start;
    end = decimals;
  }
  if (bytes[end] === code("e") || bytes[end] === code("E")) {
    const hasSign = bytes[end + 1] === plus || bytes[end + 1] === minus;
    const digits = end + (hasSign ? 2 : 1);
    const exponent = afterDigits(bytes, digits);
    if (exponent > digits) end = exponent;
  }
  return end - start;
}

function afterDigits(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] >= zero && bytes[at] <= nine) at += 1;
  return at;
}

function shown(bytes: Uint8Array, at: number): string {
  const text = /^[-+.\w]*/.exec(String.fromCharCode(...bytes.subarray(at, at + 24)))?.[0] ?? "";
  if (/^-?(NaN|Infinity)$/.test(text)) return `${text} (write it as "${text}")`;
  if (text !== "") return JSON.stringify(text);
  const [character = ""] = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(at, at + 4));
  return character === "\ufeff" ? "a byte order mark" : JSON.stringify(character);
}

/** Lines and columns count from 1, columns in characters. */
function place(bytes: Uint8Array, at: number): string {
  let line = 1;
  let column = 1;
  for (let index = 0; index < at; index += 1) {
    const byte = bytes[index];
    if (byte === 0x0a) {
      line += 1;
      column = 1;
    } else if ((byte & 0xc0) !== 0x80) column += 1;
  }
  return `line ${line}, column ${column}`;
}
