/** A place in a text that is not JSON, and what is wrong there. */
export class Malformed extends Error {
  readonly at: number;

  constructor(at: number, why: string) {
    super(why);
    this.at = at;
  }
}

const quote = 0x22;
const backslash = 0x5c;
const letterU = 0x75;
const escapable = new Set([...'"\\/bfnrtu'].map((character) => character.charCodeAt(0)));

/** Behind the string that begins at `start`. @throws Malformed */
export function endOfString(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < bytes.length) {
    const byte = bytes[at];
    if (byte === quote) return at + 1;
    if (byte === backslash) at += lengthOfEscape(bytes, at);
    else if (byte < 0x20) {
      const written = `\\u${byte.toString(16).padStart(4, "0")}`;
      throw new Malformed(
        at,
        `expected no control character in a string (it can be written as ${written}), got one`,
      );
    } else at += byte < 0x80 ? 1 : lengthOfCharacter(bytes, at);
  }
  throw new Malformed(bytes.length, "expected the closing quote of a string, got the end of the text");
}

function lengthOfEscape(bytes: Uint8Array, at: number): number {
  const letter = bytes[at + 1];
  if (letter === undefined) return 1;
  if (!escapable.has(letter)) {
    throw new Malformed(
      at,
      'expected \\", \\\\, \\/, \\b, \\f, \\n, \\r, \\t or \\u after a backslash, got something else',
    );
  }
  if (letter !== letterU) return 2;
  const digits = String.fromCharCode(...bytes.subarray(at + 2, at + 6));
  if (/^[0-9a-fA-F]{4}$/.test(digits)) return 6;
  throw new Malformed(at, "expected four hexadecimal digits after \\u, got something else");
}

/** RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. */
function lengthOfCharacter(bytes: Uint8Array, at: number): number {
  const first = bytes[at];
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  const second = bytes[at + 1] ?? 0;
  const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  const rest = bytes.subarray(at + 2, at + length);
  const isCharacter =
    first >= 0xc2 &&
    first <= 0xf4 &&
    second >= least &&
    second <= most &&
    rest.length === length - 2 &&
    rest.every((byte) => (byte & 0xc0) === 0x80);
  if (isCharacter) return length;
  throw new Malformed(at, "expected UTF-8, got bytes that are not");
}
