import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { type Roots, rootsOfUnity, someRootsOfUnity } from "@sluice/compute/math/roots-of-unity";
import { describe, expect, test } from "vitest";

const fixtures = path.resolve(import.meta.dirname, "../../fixtures/math/roots-of-unity.json");

interface Block {
  readonly from: number;
  readonly to: number;
  readonly sha256: string;
}
const blocks: readonly Block[] = JSON.parse(readFileSync(fixtures, "utf8"));

/** Without the sign of zeros. */
const bytes = (numbers: Float64Array): Uint8Array => new Uint8Array(numbers.map((x) => x + 0).buffer);

describe("roots of unity", () => {
  test.each(blocks)("of n = $from … $to are rounded correctly, every one, as mpmath has them", (block) => {
    const hash = createHash("sha256");
    for (let n = block.from; n <= block.to; n += 1) {
      const { cos, sin } = rootsOfUnity(n);
      hash.update(bytes(cos)).update(bytes(sin));
    }
    expect(hash.digest("hex")).toBe(block.sha256);
  });

  /** Zeros without their sign. */
  const picked = ({ cos, sin }: Roots, count: number, stride: number): number[][] =>
    Array.from({ length: count }, (_, index) => [cos, sin].map((part) => (part[index * stride] ?? 2) + 0));

  test.each([
    [1000, 32, 31],
    [1009, 1009, 1],
    [65_536, 256, 256],
    [7, 3, 2],
  ])("some of n = %i (%i of them, %i apart) are those of all", (n, count, stride) => {
    const some = picked(someRootsOfUnity(n, count, stride), count, 1);
    expect(some).toEqual(picked(rootsOfUnity(n), count, stride));
  });

  test("of a billion: the first is 2π/n, the one at an eighth of a turn √½", () => {
    const n = 2 ** 30;
    const { cos, sin } = someRootsOfUnity(n, 2, 1);
    expect([cos[1], sin[1]]).toEqual([1, -(2 * Math.PI) / n]);
    const eighth = someRootsOfUnity(n, 2, n / 8);
    expect([eighth.cos[1], eighth.sin[1]]).toEqual([Math.SQRT1_2, -Math.SQRT1_2]);
  });

  test("there are none of n = 0", () => {
    expect(rootsOfUnity(0)).toEqual({ cos: new Float64Array(), sin: new Float64Array() });
  });
});
