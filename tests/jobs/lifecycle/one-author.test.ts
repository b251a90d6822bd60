import { execFile } from "node:child_process";
import { glob, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "../../..");
const author = "jobs/lifecycle/transitions.ts";

/** The author, and the port whose `update` takes what it makes. To name the type is the only way to cast to it. */
const mayNameIt = [author, "jobs/job-store.ts"];

const namesIt = (file: string, text: string): boolean =>
  /\bJobChanges\b/.test(text) && !mayNameIt.includes(file);

test("no other file of the product names JobChanges, so none can cast to it", async () => {
  const files: string[] = [];
  for await (const file of glob("{jobs,aws,functions,container,local,deploy}/**/*.ts", { cwd: root })) {
    files.push(file);
  }
  expect(files).toEqual(
    expect.arrayContaining([...mayNameIt, "jobs/run/claim.ts", "aws/dynamodb/job-store.ts"]),
  );
  const offenders: string[] = [];
  for (const file of files) {
    if (namesIt(file, await readFile(path.join(root, file), "utf8"))) offenders.push(file);
  }
  expect(offenders).toEqual([]);
});

test.each([
  'import type { JobChanges } from "./transitions.ts"; export const ended = { dueAt: 1 } as JobChanges;',
  "store.update(jobId, {}, <JobChanges>{ dueAt: 1 });",
])("a file planted with %s is found", (text) => {
  expect(namesIt("jobs/sweep/planted.ts", text)).toBe(true);
  expect(namesIt(author, text)).toBe(false);
});

const planted = `
import { sampleJob } from ${JSON.stringify(path.join(root, "tests/support/jobs/sample-jobs.ts"))};
import { cancelled } from ${JSON.stringify(path.join(root, author))};
import type { Ports } from ${JSON.stringify(path.join(root, "jobs/ports.ts"))};

declare const store: Ports["store"];
const { changes } = cancelled(sampleJob(), 0);
store.update("id", {}, changes);
store.update("id", {}, { dueAt: 1 });
store.update("id", {}, { ...changes, dueAt: 1 });
store.update("id", {}, {});
`;

test("the compiler refuses plain values and a changed copy, and takes what a transition made", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "one-author-"));
  try {
    await writeFile(path.join(folder, "planted.mts"), planted);
    const config = {
      extends: path.join(root, "tsconfig.json"),
      compilerOptions: { typeRoots: [path.join(root, "node_modules/@types")] },
      references: [],
      include: ["planted.mts"],
    };
    await writeFile(path.join(folder, "tsconfig.json"), JSON.stringify(config));
    const said = await new Promise<string>((resolve) => {
      const tsc = path.join(root, "node_modules/.bin/tsc");
      execFile(
        process.execPath,
        [tsc, "-p", folder, "--pretty", "false"],
        { cwd: folder },
        (_error, stdout) => resolve(stdout),
      );
    });
    // compute/ has a tsconfig of its own, so this one finds faults there: only the planted file counts.
    const refused = said.split("\n").filter((line) => line.includes("planted.mts("));
    expect(refused).toEqual([
      expect.stringMatching(/planted\.mts\(9,.*'JobChanges'/),
      expect.stringMatching(/planted\.mts\(10,.*'JobChanges'/),
      expect.stringMatching(/planted\.mts\(11,.*'JobChanges'/),
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
}, 60_000);
