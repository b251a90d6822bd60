import { describe, expect, test } from "vitest";
import { parseMessage } from "../../jobs/message.ts";
import { jobId } from "../support/jobs/sample-jobs.ts";

describe("messages", () => {
  const good = { v: 1, jobId, dispatch: 1, target: "lambda" };

  test("of ours are read, fields of later days ignored", () => {
    expect(parseMessage(JSON.stringify({ ...good, trace: "x" }))).toEqual(good);
  });

  test.each([
    "",
    "hello",
    "{}",
    "null",
    ...[{ v: 2 }, { jobId: "x" }, { dispatch: 0 }, { dispatch: 1.5 }, { target: "moon" }].map((wrong) =>
      JSON.stringify({ ...good, ...wrong }),
    ),
  ])("of anyone else are poison: %s", (text) => expect(() => parseMessage(text)).toThrow());
});
