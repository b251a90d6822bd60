import { createHash, randomBytes } from "node:crypto";

/** Crockford's base 32, lower case: no i, l, o, u to misread. */
const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

/** 128 bits as 26 characters: fits a clientToken (64) and a URL, and cannot be guessed. */
function encode(bytes: Uint8Array): string {
  let value = BigInt(`0x${Buffer.from(bytes.subarray(0, 16)).toString("hex")}`);
  let text = "";
  for (let digit = 0; digit < 26; digit++) {
    text = alphabet[Number(value & 31n)] + text;
    value >>= 5n;
  }
  return text;
}

export function randomId(): string {
  return encode(randomBytes(16));
}

/**
 * The job id for an Idempotency-Key. The conditional Put on this id is the idempotency record, so two
 * owners with the same key never meet: the owner is part of the hash, length-prefixed.
 */
export function idForKey(owner: string, key: string): string {
  return encode(createHash("sha256").update(`${owner.length}:${owner}${key}`).digest());
}

/** An id that follows from its parts, each of them length-prefixed: whoever knows them finds it again. */
export function idFor(...parts: readonly string[]): string {
  return encode(
    createHash("sha256")
      .update(parts.map((part) => `${part.length}:${part}`).join(""))
      .digest(),
  );
}

export function sha256(...parts: (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest("hex");
}

/** A fresh 128-bit seed, as `default_rng(None)` takes from the operating system. */
export function freshSeed(): string {
  return BigInt(`0x${randomBytes(16).toString("hex")}`).toString();
}

const idPattern = /^[0-9a-z]{26}$/;

/** Of a job or an upload. */
export function isRandomId(text: string): boolean {
  return idPattern.test(text);
}
