import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { type LockedPackage, lockedPackages } from "../../scripts/licenses/locked.ts";
import { bundledPackages } from "../support/infra/bundled-packages.ts";

const root = path.resolve(import.meta.dirname, "../..");
const read = (file: string) => readFileSync(path.join(root, file), "utf8");
const locked = lockedPackages();
const production = locked.filter(({ dev }) => !dev);
const said = ({ folder, version }: LockedPackage) => `${folder} ${version}`;

/**
 * ndarray-fft names cwise as a dependency for browserify alone: its code never requires it. cwise has no release
 * without the old static-module, and does not work with a newer one (github.com/scijs/cwise, pull request 25).
 */
const chain = [
  ...["cwise", "cwise-parser", "static-module", "static-eval", "quote-stream", "falafel", "uglify-js"],
  ...["escodegen", "esprima", "minimist", "object-inspect", "shallow-copy", "duplexer2"],
];

/** The first release without the advisory, for what the chain brought and for its neighbours that tools still use. */
const advisories: Readonly<Record<string, { readonly fixed: string; readonly advisory: string }>> = {
  "concat-stream": { fixed: "1.5.2", advisory: "npm 597: memory exposure" },
  minimist: { fixed: "1.2.6", advisory: "CVE-2020-7598, CVE-2021-44906: prototype pollution" },
  "quote-stream": { fixed: "1.0.0", advisory: "brings minimist 0.0.8" },
  "static-eval": { fixed: "2.0.2", advisory: "npm 548 and 758: runs code of its input" },
  "static-module": { fixed: "3.0.0", advisory: "brings static-eval 0.2.4" },
  "uglify-js": { fixed: "2.6.0", advisory: "CVE-2015-8858: a regular expression without end" },
};

function isBefore(version: string, fixed: string): boolean {
  const numbers = (text: string) => (text.split("-")[0] ?? "").split(".").map(Number);
  const [own, other] = [numbers(version), numbers(fixed)];
  const place = other.findIndex((number, at) => number !== own[at]);
  return place !== -1 && (own[place] ?? 0) < (other[place] ?? 0);
}

const withAdvisory = (packages: readonly LockedPackage[]) =>
  packages.filter(({ name, version }) => {
    const known = advisories[name];
    return known !== undefined && isBefore(version, known.fixed);
  });

describe("the lockfile", () => {
  test("has no version with a known advisory, for tools and tests neither", () => {
    expect(withAdvisory(locked).map(said)).toEqual([]);
  });

  test.each([
    ["static-eval", "0.2.4"],
    ["static-eval", "2.0.1"],
    ["minimist", "0.0.8"],
    ["minimist", "1.2.5"],
    ["quote-stream", "0.0.0"],
  ])("would not pass with %s %s", (name, version) => {
    const planted = {
      folder: `node_modules/x/node_modules/${name}`,
      name,
      version,
      dev: true,
      optional: false,
    };
    expect(withAdvisory([planted, ...locked])).toEqual([planted]);
  });

  test("installs nothing of the chain behind cwise for production", () => {
    expect(production.filter(({ name }) => chain.includes(name)).map(said)).toEqual([]);
  });

  test("has cwise-compiler, which ndarray-ops runs on, where ndarray-fft asks for cwise", () => {
    const [cwise, ...others] = locked.filter(({ folder }) => /(^|\/)node_modules\/cwise$/.test(folder));
    expect(others).toEqual([]);
    const compiler = locked.find(({ folder }) => folder === "node_modules/cwise-compiler");
    expect(cwise).toMatchObject({ name: "cwise-compiler", version: compiler?.version });
  });

  test("has an install script in production for koffi only, which ships its binaries and runs without", () => {
    const entries: Record<string, { dev?: boolean; hasInstallScript?: boolean }> = JSON.parse(
      read("package-lock.json"),
    ).packages;
    const scripted = Object.entries(entries).filter(([, entry]) => entry.hasInstallScript && !entry.dev);
    expect(scripted.map(([folder]) => folder)).toEqual(["node_modules/koffi"]);
    expect(read(".npmrc")).toMatch(/^ignore-scripts=true$/m);
  });
});

/** Licences that ask for a notice at most. */
const free = ["MIT", "MIT-0", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "0BSD", "BlueOak-1.0.0"];

test.each(production.map((locked) => [said(locked), locked.license] as const))(
  "%s may be used in production: %s",
  (_package, license) => expect(free).toContain(license),
);

test("docs/licenses.md names all of them", () => {
  const page = read("docs/licenses.md");
  for (const { name, version, license } of production)
    expect(page).toContain(`| ${name} | ${version} | ${license} |`);
});

describe("the bundles", () => {
  let bundles: ReadonlyMap<string, ReadonlySet<string>>;
  beforeAll(async () => {
    bundles = await bundledPackages();
  }, 120_000);

  test("are those of every function, the container and the threads", () => {
    expect([...bundles.keys()]).toEqual(
      expect.arrayContaining(["functions/work.ts", "container/main.ts", "compute/node/worker.ts"]),
    );
    expect(bundles.get("functions/work.ts")).toContain("node_modules/zod");
  });

  test("hold nothing that production does not install", () => {
    const installed = new Set(production.map(({ folder }) => folder));
    for (const [entry, folders] of bundles)
      expect([entry, [...folders].filter((folder) => !installed.has(folder))]).toEqual([entry, []]);
  });

  test("hold ndarray-fft and cwise-compiler, and nothing of the chain behind cwise", () => {
    const all = [...bundles.values()].flatMap((folders) => [...folders]);
    expect(all).toEqual(expect.arrayContaining(["node_modules/ndarray-fft", "node_modules/cwise-compiler"]));
    expect(all.filter((folder) => chain.some((name) => folder.endsWith(`node_modules/${name}`)))).toEqual([]);
  });
});
