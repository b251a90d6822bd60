import { writeFileSync } from "node:fs";
import { afterAll, beforeEach, describe, expect, test, vi } from "vitest";
import { HttpFunctions } from "../../local/http-functions.ts";
import { bundleFolder } from "../support/local/bundles.ts";

const folder = bundleFolder();
const says = (word: string) => `exports.handler = async (event) => ({ said: "${word}", event });`;
const bundles = { first: folder.write("first", says("one")), second: folder.write("second", "") };

const functionOf = (key: keyof typeof bundles, timeoutSeconds = 5) => ({
  key,
  name: `test-dev-${key}`,
  bundle: bundles[key],
  exported: "handler",
  timeoutSeconds,
  memoryMiB: 512,
  environment: { WHOSE: key },
});

let functions: HttpFunctions;
beforeEach(() => {
  folder.write("first", says("one"));
  functions = new HttpFunctions([functionOf("first"), functionOf("second", 0.05)]);
  functions.reload();
});
afterAll(() => {
  vi.unstubAllEnvs();
  folder.remove();
});

describe("a function of the HTTP API", () => {
  test("gets its event, its context and its variables", async () => {
    vi.stubEnv("WHOSE", "nobody");
    folder.write(
      "second",
      "exports.handler = async (event, context) => [event, context.functionName, context.getRemainingTimeInMillis(), process.env.WHOSE];",
    );
    const [event, name, left, whose] = (await functions.invoke("second", { a: 1 })) as unknown[];
    expect([event, name, whose]).toEqual([{ a: 1 }, "test-dev-second", "second"]);
    expect(left).toBeLessThanOrEqual(50);
  });

  test("that takes longer than its time-out has failed, and leaves no timer when it does not", async () => {
    folder.write("second", "exports.handler = () => new Promise(() => {});");
    functions.reload();
    await expect(functions.invoke("second", {})).rejects.toThrow("second ran longer than its 0.05 s");
    vi.useFakeTimers();
    await functions.invoke("first", {});
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  test("runs its new code after a reload, and not before", async () => {
    expect(await functions.invoke("first", 1)).toEqual({ said: "one", event: 1 });
    writeFileSync(bundles.first, says("two"));
    expect(await functions.invoke("first", 2)).toEqual({ said: "one", event: 2 });
    expect(functions.reload()).toEqual([]);
    expect(await functions.invoke("first", 3)).toEqual({ said: "two", event: 3 });
  });

  test("whose new code does not load goes on with the code it had", async () => {
    await functions.invoke("first", 1);
    writeFileSync(bundles.first, "throw new Error('half saved')");
    expect(functions.reload()).toMatchObject([{ message: "half saved" }]);
    expect(await functions.invoke("first", 2)).toEqual({ said: "one", event: 2 });
  });

  test("that there is none of is an error that names those there are", async () => {
    await expect(functions.invoke("third", {})).rejects.toThrow('expected one of first, second, got "third"');
  });
});
