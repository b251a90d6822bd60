import { existsSync, globSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");

interface Link {
  readonly target: string;
  readonly line: number;
}

/** Outside of code, where brackets mean other things. */
function linksOf(text: string): Link[] {
  let fenced = false;
  return text.split("\n").flatMap((line, index) => {
    if (/^\s*```/.test(line)) fenced = !fenced;
    if (fenced) return [];
    // Code that is a link's text stays.
    const prose = line.replace(/`[^`]*`/g, (code, at: number) =>
      line[at + code.length] === "]" ? "code" : "",
    );
    return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => ({ target, line: index + 1 }));
  });
}

/** As GitHub makes them of headings. */
function anchorsOf(text: string): Set<string> {
  const seen = new Map<string, number>();
  const anchors = [...text.replaceAll(/^```[\s\S]*?^```/gm, "").matchAll(/^#{1,6} +(.+?) *$/gm)].map(
    ([, heading = ""]) => {
      const slug = heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-");
      const times = seen.get(slug) ?? 0;
      seen.set(slug, times + 1);
      return times === 0 ? slug : `${slug}-${times}`;
    },
  );
  const placed = [...text.matchAll(/<a id="([^"]+)"><\/a>/g)].map(([, id = ""]) => id);
  return new Set([...anchors, ...placed]);
}

function whyBroken(file: string, target: string): string | undefined {
  if (/^(https?|mailto):/.test(target)) return undefined;
  const [name = "", anchor] = target.split("#");
  const found = name === "" ? file : path.resolve(path.dirname(file), name);
  if (!existsSync(found)) return `${path.relative(root, found)} is not there`;
  if (anchor === undefined) return undefined;
  return anchorsOf(readFileSync(found, "utf8")).has(anchor) ? undefined : `no heading makes #${anchor}`;
}

const documents = globSync(["README.md", "docs/**/*.md"], { cwd: root });

test("there are documents, and links in them", () => {
  expect(documents).toContain("README.md");
  expect(linksOf(readFileSync(path.join(root, "docs/architecture.md"), "utf8")).length).toBeGreaterThan(30);
});

test.each(documents)("every link of %s leads somewhere", (document) => {
  const file = path.join(root, document);
  const broken = linksOf(readFileSync(file, "utf8")).flatMap(({ target, line }) => {
    const why = whyBroken(file, target);
    return why === undefined ? [] : [`${document}:${line}: ${target}: ${why}`];
  });
  expect(broken).toEqual([]);
});

test("a link to nothing is found", () => {
  const file = path.join(root, "README.md");
  const text = "see [a](b.md#c), `[x](y)`, [`d`](e) and `f`\n```\n[z](z)\n```";
  expect(linksOf(text).map(({ target }) => target)).toEqual(["b.md#c", "e"]);
  expect(whyBroken(file, "docs/no-such.md")).toBe("docs/no-such.md is not there");
  expect(whyBroken(file, "docs/operations.md#no-such")).toBe("no heading makes #no-such");
  expect(whyBroken(file, "docs/operations.md#dead-letters")).toBeUndefined();
});

test("no two decisions have one number, and each says its own", () => {
  const files = globSync("docs/adr/*.md", { cwd: root });
  const numbers = files.map((file) => Number(path.basename(file).slice(0, 4)));
  expect(numbers.filter((number, index) => numbers.indexOf(number) !== index)).toEqual([]);
  for (const [index, file] of files.entries())
    expect(readFileSync(path.join(root, file), "utf8"), file).toMatch(new RegExp(`^# ${numbers[index]}\\. `));
});
