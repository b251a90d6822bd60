import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");
/** A PATH on which no tool is found. */
const nothing = mkdtempSync(path.join(tmpdir(), "sluice-no-tools-"));
afterAll(() => rmSync(nothing, { recursive: true }));

interface Ended {
  readonly code: unknown;
  readonly said: string;
}

function run(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { cwd: root, env: { ...process.env, PATH: nothing } };
    execFile(process.execPath, args, options, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, said: stdout + stderr }),
    );
  });
}

test.each([
  ["scripts/lint-template.ts", /cfn-lint is not on the PATH \(to get it: /],
  ["acceptance/emulated/main.ts", /^skipped: .*pip install 'moto\[server\]'/m],
  [
    "acceptance/arm64/check.ts",
    /^skipped: (qemu-aarch64-static is not on the PATH: apt-get install|arm64 is emulated on Linux)/m,
  ],
  ["acceptance/image/check.ts", /^skipped: (buildah is not installed: |the image is run in Linux)/m],
])("%s says what is missing and passes; with --strict it fails", async (script, missing) => {
  const [plain, strict] = await Promise.all([run(script), run(script, "--strict")]);
  expect(plain).toEqual({ code: 0, said: expect.stringMatching(missing) });
  expect(strict).toEqual({ code: 1, said: expect.stringMatching(missing) });
});

test("check stops at a step that fails, and says which", async () => {
  // No npm on this PATH: the first step cannot run.
  const { code, said } = await run("scripts/check.ts", "--only", "typecheck,unused");
  expect(code).toBe(1);
  expect(said).toMatch(/npm run typecheck\n+check: typecheck failed/);
  expect(said).not.toMatch(/npm run unused/);
});

test("check knows its steps", async () => {
  const { code, said } = await run("scripts/check.ts", "--only", "lint,tests");
  expect(code).toBe(1);
  expect(said).toMatch(/^check: --only: expected steps of lint, typecheck, .*; got tests$/m);
});
