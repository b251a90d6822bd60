import { maxWaitSeconds } from "@sluice/contract/limits";
import { expect, test } from "vitest";
import { preferredWait } from "../../../functions/http/prefer.ts";

test.each([
  ["wait=5", 5],
  ["WAIT=5", 5],
  ['wait="5"', 5],
  ["wait = 5", 5],
  ["respond-async, wait=5", 5],
  ["respond-async;wait=5", 5],
  ["return=minimal wait=0", 0],
  ["wait=20", maxWaitSeconds],
  ["wait=999999", maxWaitSeconds],
  [`wait=${"9".repeat(400)}`, maxWaitSeconds],
])("%j asks for %d seconds", (prefer, seconds) => expect(preferredWait(prefer)).toBe(seconds));

test.each([
  undefined,
  "",
  "wait",
  "wait=",
  "wait=x",
  "wait=-5",
  "wait=1e9",
  "wait=5x",
  "await=5",
  "respond-async",
])("%j asks for no wait", (prefer) => expect(preferredWait(prefer)).toBeUndefined());
