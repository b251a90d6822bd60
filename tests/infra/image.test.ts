import { mkdtemp, readFile, rm } from "node:fs/promises";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readElf } from "../../acceptance/image/elf.ts";
import { bundleContainer } from "../../build/bundle-container.ts";

const root = path.resolve(import.meta.dirname, "../..");
const read = (file: string) => readFile(path.join(root, file), "utf8");

let folder: string;
let bundled: Awaited<ReturnType<typeof bundleContainer>>;
let dockerfile: string;
/** The build's stages by name; the image itself is the last. */
let stages: Record<string, string>;
let last: string;
let copied: string[];
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "sluice-image-"));
  bundled = await bundleContainer(folder);
  dockerfile = await read("container/Dockerfile");
  const texts = dockerfile.split(/^(?=FROM )/m).slice(1);
  stages = Object.fromEntries(texts.map((text) => [/ AS (\S+)$/m.exec(text)?.[1] ?? "", text]));
  last = texts.at(-1) ?? "";
  copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, from]) =>
    String(from).split(" "),
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("the container is one file that needs nothing but Node: koffi is found at run time, if at all", () => {
  const externals = Object.values(bundled.metafile.outputs).flatMap(({ imports }) =>
    imports.map(({ path }) => path),
  );
  expect(externals.length).toBeGreaterThan(0);
  const builtin = new Set([...builtinModules, ...builtinModules.map((name) => `node:${name}`)]);
  expect(externals.filter((name) => !builtin.has(name))).toEqual([]);
  expect(Object.keys(bundled.metafile.inputs).filter((input) => /koffi/.test(input))).toEqual([]);
});

/** What a file of ours imports, itself included, packages apart. */
async function sourcesOf(entry: string): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    write: false,
    metafile: true,
  });
  return Object.keys(metafile.inputs);
}

test("the image's build gets every source that the bundle is made of, and that makes it", async () => {
  const bundledSources = Object.keys(bundled.metafile.inputs).filter(
    (input) => !input.includes("node_modules"),
  );
  expect(bundledSources).toContain("container/main.ts");
  const sources = [...bundledSources, ...(await sourcesOf("build/bundle-container.ts"))];
  const isCopied = (source: string) => copied.some((from) => source === from || source.startsWith(from));
  expect(
    sources
      .map((source) => source.replace(/^worker-source:/, ""))
      .filter((source) => !path.isAbsolute(source) && !isCopied(source)),
  ).toEqual([]);

  const { workspaces } = JSON.parse(await read("package.json")) as { workspaces: string[] };
  for (const workspace of workspaces) expect(copied).toContain(`${workspace}/package.json`);
});

test("the build is sent what the Dockerfile copies, and the Dockerfile, and nothing else", async () => {
  // What is let in is hashed to tell one image from another: both lists are literal paths.
  expect(copied.filter((from) => /[*?$[]/.test(from))).toEqual([]);
  const ignore = (await read(".dockerignore")).split("\n").filter((line) => line !== "" && !/^#/.test(line));
  const allowed = ignore.filter((line) => line.startsWith("!")).map((line) => line.slice(1));
  const folders = new Set(copied.map((from) => from.replace(/\/$/, "")));
  const isSent = (from: string) => allowed.some((entry) => from === entry || from.startsWith(`${entry}/`));
  expect(ignore[0]).toBe("*");
  expect(copied.filter((from) => !isSent(from))).toEqual([]);
  expect(allowed.filter((entry) => !folders.has(entry))).toEqual([]);
  expect(isSent("container/Dockerfile")).toBe(true);
});

test("no command runs on the image's CPU: the image is files put together", () => {
  const { "": image, ...builders } = stages;
  expect(image).toBe(last);
  expect(last).toMatch(/^FROM scratch$/m);
  expect(last).not.toMatch(/^RUN/m);
  const from = [...last.matchAll(/^COPY (?:--from=(\S+))?/gm)].map(([, stage]) => stage);
  expect(from.toSorted()).toEqual(Object.keys(builders).toSorted());
  for (const text of Object.values(builders)) {
    expect(text).toMatch(/^FROM --platform=\$BUILDPLATFORM \$\{BASE\} AS \S+$/m);
  }
});

test("the image runs unprivileged, as the user of the task definition, with node as PID 1", async () => {
  const user = /^USER (\d+:\d+)$/m.exec(last)?.[1];
  expect(user).toMatch(/^[1-9]/);
  expect(await read("infra/cluster.yml")).toContain(`User: "${user}"`);
  expect(last).toMatch(/^ENTRYPOINT \["node", "main.cjs"\]$/m);
  expect(last).toMatch(/^ENV PATH=\/usr\/local\/bin$/m);
  // Where a volume takes its owner and mode from.
  expect(last).toMatch(/^VOLUME \["\/tmp"\]$/m);
  expect(stages.system).toMatch(/mkdir -p .*root\/tmp && chmod 1777 root\/tmp/);
});

test("the image has Node, koffi and OpenBLAS for its own CPU, where they are looked for", async () => {
  const { packages = "", system = "" } = stages;
  for (const text of [packages, system]) expect(text).toMatch(/^ARG TARGETARCH$/m);
  expect(packages).toMatch(/npm ci .*--include-workspace-root .*--cpu="\$cpu"/);
  expect(packages).toContain(`mv node_modules/koffi root/app/node_modules/`);
  expect(system).toMatch(/APT::Architecture="\$TARGETARCH".* libopenblas64-0-pthread/s);
  // The loader looks there without a cache, Debian's alternatives being what else would link it.
  expect(system).toMatch(/cd root\/usr\/lib\/\*-linux-gnu .*mv openblas64-pthread\/libopenblas64\* \./s);
});

test("every CPU gets the versions of the lockfile, and is built with the same Node", async () => {
  const lock = JSON.parse(await read("package-lock.json")) as {
    packages: Record<string, { version?: string }>;
  };
  const versionOf = (name: string) => lock.packages[`node_modules/${name}`]?.version;
  const node = /^ARG BASE=docker\.io\/library\/node:(\d+\.\d+\.\d+)-bookworm-slim$/m.exec(dockerfile)?.[1];
  expect(versionOf("koffi")).toMatch(/^\d/);
  for (const cpu of ["x64", "arm64"]) {
    expect(versionOf(`@koromix/koffi-linux-${cpu}`)).toBe(versionOf("koffi"));
    expect(versionOf(`node-linux-${cpu}`)).toBe(node);
  }
});

// The Node that runs this is a program of Linux only there.
test.skipIf(process.platform !== "linux")("a program's CPU and libraries are read from its file", () => {
  const node = readElf(process.execPath);
  expect(node?.cpu).toBe(process.arch === "x64" ? "amd64" : process.arch);
  expect(node?.needed).toEqual(expect.arrayContaining(["libc.so.6", "libstdc++.so.6", "libm.so.6"]));
  expect(readElf(import.meta.filename)).toBeUndefined();
});
