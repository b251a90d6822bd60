import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { type ReleaseState, releaseFaults, sectionOf, versionsSaid } from "../../scripts/release.ts";

const root = path.resolve(import.meta.dirname, "../..");
const read = (file: string) => readFileSync(path.join(root, file), "utf8");
const { version } = JSON.parse(read("package.json"));

describe("this checkout", () => {
  test("says one version everywhere", () => {
    const said = versionsSaid(read);
    expect(said.size).toBe(12);
    expect([...said.values()].filter((other) => other !== version)).toEqual([]);
  });

  test("has a section of that version in CHANGELOG.md, below what is unreleased", () => {
    const changelog = read("CHANGELOG.md");
    expect(sectionOf(version, changelog)).toMatch(/^### Added\n/);
    expect(changelog.indexOf("## Unreleased")).toBeLessThan(changelog.indexOf(`## ${version} (`));
  });
});

describe("a release", () => {
  const changelog =
    "# Changelog\n\n## Unreleased\n\n## 1.2.3 (2026-12-01)\n\n### Fixed\n- A thing.\n\n## 1.2.2 (2026-11-01)\n";
  const ready: ReleaseState = {
    version: "1.2.3",
    versions: new Map([["package.json", "1.2.3"]]),
    changelog,
    changed: [],
    tags: ["v1.2.2"],
  };

  test("may be tagged when all agree", () => expect(releaseFaults(ready)).toEqual([]));

  test("has the text of its own section", () =>
    expect(sectionOf("1.2.3", changelog)).toBe("### Fixed\n- A thing."));

  test.each<[string, Partial<ReleaseState>, RegExp]>([
    ["no version", { version: "" }, /expected a version like 1\.2\.3, got none/],
    ["not a version", { version: "1.2" }, /expected a version like 1\.2\.3, got 1\.2/],
    [
      "another version in a manifest",
      { versions: new Map([["a/package.json", "1.2.2"]]) },
      /a\/package\.json: expected 1\.2\.3, got 1\.2\.2/,
    ],
    [
      "a section without entries",
      { version: "1.2.2", versions: new Map(), tags: [] },
      /CHANGELOG\.md: expected entries/,
    ],
    ["no section", { changelog: "## 1.2.30 (2026-12-01)\n- x\n" }, /CHANGELOG\.md: expected entries/],
    ["a section without a date", { changelog: "## 1.2.3\n- x\n" }, /CHANGELOG\.md: expected entries/],
    ["changes", { changed: ["README.md"] }, /expected a clean checkout, got changes of README\.md/],
    ["a tag of that name", { tags: ["v1.2.3"] }, /expected no tag v1\.2\.3 yet/],
  ])("is refused with %s", (_what, change, fault) => {
    expect(releaseFaults({ ...ready, ...change })).toEqual([expect.stringMatching(fault)]);
  });
});
