/**
 * Tags a release: `npm run release -- X.Y.Z`. It looks whether everything says that version, and makes the annotated tag
 * vX.Y.Z with the section of CHANGELOG.md as its text. It pushes nothing.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const root = new URL("..", import.meta.url);
const manifests = ["package.json", "contract/package.json", "compute/package.json"];

export interface ReleaseState {
  readonly version: string;
  /** Which file says which version, its own or that of a workspace it needs. */
  readonly versions: ReadonlyMap<string, string>;
  readonly changelog: string;
  /** Files that differ from the commit. */
  readonly changed: readonly string[];
  readonly tags: readonly string[];
}

/** What a release says of itself in CHANGELOG.md, without its headline; undefined when there is no section of it. */
export function sectionOf(version: string, changelog: string): string | undefined {
  const headline = new RegExp(`^## ${version.replaceAll(".", "\\.")} \\(\\d{4}-\\d\\d-\\d\\d\\)$`);
  const sections = changelog.split(/^(?=## )/m);
  const section = sections.find((text) => headline.test(text.split("\n")[0] ?? ""));
  return section?.slice(section.indexOf("\n")).trim();
}

/** Everything that keeps the version from being released, each with what to do. */
export function releaseFaults({ version, versions, changelog, changed, tags }: ReleaseState): string[] {
  if (!/^\d+\.\d+\.\d+$/.test(version)) return [`expected a version like 1.2.3, got ${version || "none"}`];
  const others = [...versions].filter(([, said]) => said !== version);
  return [
    ...others.map(([where, said]) => `${where}: expected ${version}, got ${said}`),
    ...(sectionOf(version, changelog)
      ? []
      : [`CHANGELOG.md: expected entries under "## ${version} (YYYY-MM-DD)", got none`]),
    ...(changed.length === 0 ? [] : [`expected a clean checkout, got changes of ${changed.join(", ")}`]),
    ...(tags.includes(`v${version}`) ? [`expected no tag v${version} yet: a release is never moved`] : []),
  ];
}

/** The version of each manifest and of the lockfile, and the versions of workspaces that they ask for. */
export function versionsSaid(read: (file: string) => string): Map<string, string> {
  const said = new Map<string, string>();
  const note = (where: string, { version, dependencies = {} }: Manifest) => {
    said.set(where, version);
    for (const [name, needed] of Object.entries(dependencies))
      if (name.startsWith("@sluice/")) said.set(`${where}, ${name}`, needed);
  };
  for (const file of manifests) note(file, JSON.parse(read(file)));
  const { packages } = JSON.parse(read("package-lock.json")) as { packages: Record<string, Manifest> };
  for (const folder of ["", "contract", "compute"]) {
    const entry = packages[folder];
    if (entry) note(`package-lock.json, "${folder}"`, entry);
  }
  return said;
}

interface Manifest {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const git = (...words: string[]) => execFileSync("git", words, { cwd: root, encoding: "utf8" });
const lines = (text: string) => text.split("\n").filter((line) => line !== "");

function release(version: string): void {
  const read = (file: string) => readFileSync(new URL(file, root), "utf8");
  const changelog = read("CHANGELOG.md");
  const faults = releaseFaults({
    version,
    versions: versionsSaid(read),
    changelog,
    changed: lines(git("status", "--porcelain")).map((line) => line.slice(3)),
    tags: lines(git("tag", "--list")),
  });
  if (faults.length > 0) throw new Error(`${version} cannot be released:\n  ${faults.join("\n  ")}`);
  git(
    "tag",
    "--annotate",
    `v${version}`,
    "--cleanup=verbatim",
    "--message",
    `Sluice ${version}\n\n${sectionOf(version, changelog)}`,
  );
  console.log(`v${version} is tagged. To publish it: git push origin v${version}`);
}

if (import.meta.main) {
  try {
    release(process.argv[2] ?? "");
  } catch (error) {
    console.error(`release: ${(error as Error).message}`);
    process.exitCode = 1;
  }
}
