import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Build, buildBundles } from "../../local/build.ts";

let root: string;
let build: Build | undefined;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "sluice-build-"));
});
afterEach(async () => {
  await build?.stop();
  rmSync(root, { recursive: true, force: true });
});

/** In one step: a file of which a half is written is another error. */
function source(name: string, text: string): void {
  writeFileSync(path.join(root, `${name}.new`), text);
  renameSync(path.join(root, `${name}.new`), path.join(root, `${name}.ts`));
}
const bundle = (name: string) => readFileSync(path.join(root, "out", `${name}.cjs`), "utf8");

test("a build that fails leaves all bundles of before, also those that nobody has loaded yet", async () => {
  source("one", "export const one = 'first';");
  source("two", "export const two = 'first';");
  const watching = { rebuilt: vi.fn(), failed: vi.fn() };
  build = buildBundles(root, ["one", "two"], path.join(root, "out"), { watching });
  await build.done;
  const before = ["one", "two"].map(bundle);

  source("one", "export const one = = 'second';");
  await expect.poll(() => watching.failed.mock.calls, { timeout: 20_000 }).toHaveLength(1);
  expect(watching.failed.mock.calls[0]?.[0]).toMatch(/one\.ts:1:\d+: Unexpected "="/);
  expect(["one", "two"].map(bundle)).toEqual(before);

  source("one", "export const one = 'second';");
  await expect.poll(() => watching.rebuilt.mock.calls, { timeout: 20_000 }).toHaveLength(1);
  expect(bundle("one")).toContain("second");
});
