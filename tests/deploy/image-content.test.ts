import { appendFile, cp, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { imageFiles, imageTag } from "../../deploy/image/content.ts";
import { parseIgnoreFile } from "../../deploy/image/ignore-file.ts";

const root = path.resolve(import.meta.dirname, "../..");
const input = (folder: string) => ({ folder, architecture: "arm64", buildArguments: [] as string[] });

describe(".dockerignore", () => {
  const ignore = parseIgnoreFile(
    "# comment\n*\n!.npmrc\n!jobs\n!scripts/one.ts\n**/node_modules\n*.md\n/jobs/a?.ts\n",
  );
  test.each([
    ["readme.txt", true],
    [".git/config", true],
    [".npmrc", false],
    ["jobs/run/run.ts", false],
    ["jobs/deep/er.ts", false],
    ["jobs/a1.ts", true],
    ["scripts/one.ts", false],
    ["scripts/two.ts", true],
    ["jobs/node_modules/x/y.js", true],
    ["node_modules/x", true],
    ["jobs/notes.md", false],
  ])("%s ignored: %s", (file, ignored) => {
    expect(ignore.ignores(file)).toBe(ignored);
  });

  test("is looked through where an ignored folder holds what is let in again", () => {
    expect(ignore.mayHold("scripts")).toBe(true);
    expect(ignore.mayHold("docs")).toBe(false);
  });
});

describe("this checkout", () => {
  test("an image is made of exactly what the Dockerfile copies", async () => {
    const files = await imageFiles(root);
    const dockerfile = await readFile(path.join(root, "container/Dockerfile"), "utf8");
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, from]) =>
      String(from).split(" "),
    );
    expect(copied.length).toBeGreaterThan(10);
    const covers = (from: string) => (file: string) =>
      file === from || (from.endsWith("/") && file.startsWith(from));
    for (const from of copied) expect(files.filter(covers(from)), from).not.toEqual([]);
    expect(files.filter((file) => !copied.some((from) => covers(from)(file)))).toEqual([]);
    expect(files).toContain("container/Dockerfile");
    expect(files.filter((file) => /node_modules|tsbuildinfo/.test(file))).toEqual([]);
  });
});

describe("the tag", () => {
  let folder: string;
  let tag: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "sluice-content-"));
    await cp(path.join(root, ".dockerignore"), path.join(folder, ".dockerignore"));
    for (const file of await imageFiles(root)) await cp(path.join(root, file), path.join(folder, file));
    tag = await imageTag(input(folder));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("is one of a registry, and the same in another folder, at another time, beside other files", async () => {
    expect(tag).toMatch(/^[0-9a-f]{32}$/);
    await mkdir(path.join(folder, "jobs/node_modules/x"), { recursive: true });
    await mkdir(path.join(folder, "docs"));
    for (const junk of [
      "jobs/node_modules/x/y.js",
      "compute/tsconfig.tsbuildinfo",
      "docs/x.md",
      "serverless.yml",
    ]) {
      await writeFile(path.join(folder, junk), "junk");
    }
    await utimes(path.join(folder, "jobs/run/run.ts"), 1, 1);
    expect(await imageTag(input(folder))).toBe(tag);
    expect(await imageTag(input(root))).toBe(tag);
  });

  test.each(["jobs/run/run.ts", "package-lock.json", "build/worker-source.ts", "container/Dockerfile"])(
    "changes with %s",
    async (file) => {
      const before = await readFile(path.join(folder, file));
      await appendFile(path.join(folder, file), "\n");
      expect(await imageTag(input(folder))).not.toBe(tag);
      await writeFile(path.join(folder, file), before);
      expect(await imageTag(input(folder))).toBe(tag);
    },
  );

  test("changes with a new file, with a name, with the CPU and with the base", async () => {
    await cp(path.join(folder, "jobs/run/run.ts"), path.join(folder, "jobs/run2.ts"));
    const tags = new Set([tag, await imageTag(input(folder))]);
    await rm(path.join(folder, "jobs/run2.ts"));
    tags.add(await imageTag({ ...input(folder), architecture: "amd64" }));
    tags.add(await imageTag({ ...input(folder), buildArguments: ["--build-arg", "BASE=mirror/node"] }));
    expect(tags.size).toBe(4);
  });
});
