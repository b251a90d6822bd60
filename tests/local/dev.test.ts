import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Stack, startStack } from "../../local/stack-process.ts";

const root = path.resolve(import.meta.dirname, "../..");
// As deep below the checkout as the original, whose imports lead out of it.
const folder = path.join(root, ".sluice", "dev", `echo-${process.pid}`);
const source = path.join(folder, "functions/http.ts");
let stack: Stack;

beforeAll(async () => {
  mkdirSync(path.dirname(folder), { recursive: true });
  cpSync(path.join(root, "tests/fixtures/echo-service"), folder, { recursive: true });
  stack = await startStack({ SLUICE_DEV: "1" }, folder);
}, 120_000);

afterAll(async () => {
  await stack?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const health = async () => (await fetch(`${stack.url}/health`)).json();
const said = (pattern: RegExp) => stack.lines.filter((line) => pattern.test(line)).length;
/** In one step: a file of which a half is written is another error. */
function replace(old: string, by: string): void {
  writeFileSync(`${source}.new`, readFileSync(source, "utf8").replace(old, by));
  renameSync(`${source}.new`, source);
}

test("a first burst of 16 callers is answered", async () => {
  const statuses = await Promise.all(
    Array.from({ length: 16 }, async (_, id) => {
      const response = await fetch(`${stack.url}/records/burst-${id}`, { method: "POST" });
      return response.status;
    }),
  );
  expect(statuses).toEqual(Array.from({ length: 16 }, () => 202));
});

test("saved code answers the next requests, and a line says so", async () => {
  expect(await health()).toEqual({});
  replace("json(200, {})", "json(200, { version: 2 })");
  await expect.poll(() => said(/reloaded/), { timeout: 20_000 }).toBe(1);
  expect(await health()).toEqual({ version: 2 });
});

test("a syntax error is said once, with its place, and the code of before runs on", async () => {
  replace("{ version: 2 }", "{ version: 3 ");
  await expect.poll(() => said(/not rebuilt/), { timeout: 20_000 }).toBe(1);
  expect(stack.lines.find((line) => /not rebuilt/.test(line))).toMatch(
    /functions\/http\.ts:\d+:\d+: Expected/,
  );
  expect(await health()).toEqual({ version: 2 });
  replace("{ version: 3 ", "{ version: 4 ");
  replace("{ version: 4 ", "{ version: 5 }");
  await expect.poll(() => said(/reloaded/), { timeout: 20_000 }).toBe(2);
  expect(await health()).toEqual({ version: 5 });
  expect(said(/not rebuilt|error:/i)).toBe(1);
});
