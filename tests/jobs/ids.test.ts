import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { freshSeed, idForKey, isRandomId, randomId, sha256 } from "../../jobs/ids.ts";

describe("ids", () => {
  test("are 26 lower-case characters that launchOf, messages and URLs all take", () => {
    for (let index = 0; index < 200; index++) expect(isRandomId(randomId())).toBe(true);
    expect(isRandomId(idForKey("local", "k"))).toBe(true);
    expect(new Set(Array.from({ length: 1000 }, randomId)).size).toBe(1000);
  });

  test("of a key depend on owner and key, and nothing else", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), fc.string(), (owner, key, other, otherKey) => {
        fc.pre(owner !== other || key !== otherKey);
        expect(idForKey(owner, key)).not.toBe(idForKey(other, otherKey));
        expect(idForKey(owner, key)).toBe(idForKey(owner, key));
      }),
    );
  });

  test("hashes tell where one part ends", () => {
    expect(sha256("ab", "c")).not.toBe(sha256("a", "bc"));
    expect(sha256("a", Buffer.from("b"))).toBe(sha256("a", "b"));
  });

  test("a fresh seed is a decimal below 2^128", () => {
    for (let index = 0; index < 50; index++) expect(BigInt(freshSeed())).toBeLessThan(2n ** 128n);
  });
});
