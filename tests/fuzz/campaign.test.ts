import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Campaign, type Target } from "./campaign.ts";
import { Known } from "./known.ts";
import { MemoryWatch } from "./memory.ts";
import { type Answer, asCurl, sendable } from "./request.ts";

/** What the fuzz finds is only worth something if it finds what is there. */

const answer = (status: number, text = "", headers = {}): Answer => ({
  status,
  text,
  headers,
  milliseconds: 1,
});
const problem = (detail: string) =>
  answer(422, JSON.stringify({ status: 422, code: "invalid-field", detail }), {
    "content-type": "application/problem+json",
  });
const requests = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 20 }).map((letters) => ({
  method: "POST",
  path: "/jobs",
  headers: {},
  body: letters.join(""),
}));

async function failures(target: Partial<Target>, count = 200) {
  const whole = { send: async () => answer(200), put: async () => undefined, ...target };
  const campaign = new Campaign(whole, "http://api");
  await campaign.run(requests, count, 1);
  return campaign.failures;
}

describe("a planted fault is found", () => {
  test("an answer of 500, shrunk to what causes it", async () => {
    const found = await failures({
      send: async ({ body }) => answer(/c.*b/.test(String(body)) ? 500 : 200, "oh"),
    });
    expect(found[0]).toMatchObject({ problem: "500: oh" });
    expect(found[0]?.curl).toBe("curl -sS -i --path-as-is -X POST 'http://api/jobs' --data-binary 'cb'");
  });

  test("a request that hangs, which is not shrunk", async () => {
    let hangs = 0;
    const found = await failures({
      send: async ({ body }) => {
        if (!String(body).startsWith("d")) return answer(200);
        hangs += 1;
        return { why: "no answer in 10000 ms", hangs: true };
      },
    });
    expect(found[0]?.problem).toBe("no answer in 10000 ms");
    expect(hangs).toBe(found.length);
  });

  test("a connection that breaks", async () => {
    const found = await failures(
      { send: async () => ({ why: "the connection broke: ECONNRESET", hangs: false }) },
      1,
    );
    expect(found).toMatchObject([{ problem: "the connection broke: ECONNRESET" }]);
  });

  test("a trace of a refused request, and no trace of one that was taken", async () => {
    const traceOf = () => "refused, and yet it did s3.PUT";
    expect(await failures({ traceOf })).toEqual([]);
    const refused = await failures({ send: async () => problem("no"), traceOf }, 1);
    expect(refused).toMatchObject([{ problem: "refused, and yet it did s3.PUT" }]);
  });

  test.each([
    ["a stack trace", problem("at parse (/var/task/functions/submit.js:1)")],
    ["AWS's words", problem("ValidationException: One or more parameter values were invalid")],
    ["another status", { ...problem("no"), status: 400 }],
  ])("a problem document with %s", async (_, said) => {
    expect(await failures({ send: async () => said }, 1)).toHaveLength(1);
  });
});

test("the same seed makes the same requests, another one others", async () => {
  const sent = async (seed: number) => {
    const bodies: string[] = [];
    const send: Target["send"] = async ({ body }) => {
      bodies.push(String(body));
      return answer(200);
    };
    await new Campaign({ send, put: async () => undefined }, "").run(requests, 50, seed);
    return bodies;
  };
  expect(await sent(1)).toEqual(await sent(1));
  expect(await sent(1)).not.toEqual(await sent(2));
});

test("what earlier answers brought stands in for its tokens, and an id of nobody where there is none", () => {
  const known = new Known();
  const request = { method: "GET", path: "/jobs/~job3~", headers: {} };
  expect(sendable(request, known).path).toBe(`/jobs/${"0".repeat(26)}`);
  known.add("job", "one");
  known.add("job", "two");
  expect(sendable(request, known).path).toBe("/jobs/two");
});

test("bytes are printed as a command that sends the same bytes", () => {
  const sent = { method: "POST", path: "/jobs", headers: { "x-it's": "" }, body: Buffer.from([0, 255]) };
  expect(asCurl(sent, "http://api")).toBe(
    "echo AP8= | base64 -d | curl -sS -i --path-as-is -X POST 'http://api/jobs' -H 'x-it'\\''s;' --data-binary @-",
  );
});

test("memory that grows all the time is not flat, and memory that grew at the start is", () => {
  const flat = (samples: number[]) => {
    const watch = new MemoryWatch(process.pid);
    watch.samples.push(...samples);
    return watch.isFlat;
  };
  expect(flat(Array.from({ length: 100 }, (_, index) => 500 + index * 5))).toBe(false);
  expect(flat(Array.from({ length: 100 }, (_, index) => 500 + Math.min(index, 15) * 50))).toBe(true);
});
