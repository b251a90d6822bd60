import { mkdtemp, readFile, rm } from "node:fs/promises";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundleContainer } from "../../scripts/bundle-container.ts";

const root = path.resolve(import.meta.dirname, "../..");
const read = (file: string) => readFile(path.join(root, file), "utf8");

let folder: string;
let bundled: Awaited<ReturnType<typeof bundleContainer>>;
let dockerfile: string;
let copied: string[];
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "sluice-image-"));
  bundled = await bundleContainer(folder);
  dockerfile = await read("container/Dockerfile");
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

test("the image's build gets every source that the bundle is made of", async () => {
  const sources = Object.keys(bundled.metafile.inputs).filter((input) => !input.includes("node_modules"));
  expect(sources).toContain("container/main.ts");
  const isCopied = (source: string) => copied.some((from) => source === from || source.startsWith(from));
  expect(
    sources
      .map((source) => source.replace(/^worker-source:/, ""))
      .filter((source) => !path.isAbsolute(source) && !isCopied(source)),
  ).toEqual([]);

  const { workspaces } = JSON.parse(await read("package.json")) as { workspaces: string[] };
  for (const workspace of workspaces) expect(copied).toContain(`${workspace}/package.json`);

  const allowed = (await read(".dockerignore")).match(/^!.+$/gm)?.map((line) => line.slice(1)) ?? [];
  const isSent = (from: string) => allowed.some((entry) => from === entry || from.startsWith(`${entry}/`));
  expect(copied.filter((from) => !isSent(from))).toEqual([]);
});

test("the image runs unprivileged, as the user of the task definition, with node as PID 1", async () => {
  const last = dockerfile.split(/^FROM /m).at(-1);
  const user = last?.match(/^USER (\d+:\d+)$/m)?.[1];
  expect(user).toMatch(/^[1-9]/);
  expect(await read("infra/cluster.yml")).toContain(`User: "${user}"`);
  expect(last).toMatch(/^ENTRYPOINT \["node", "main.cjs"\]$/m);
  expect(last).not.toMatch(/npm|COPY (?!--from=(build|koffi) )/);
});

test("the image has OpenBLAS and koffi for its own CPU, where the bundle looks for them", async () => {
  const [, , koffi, last] = dockerfile.split(/^FROM /m);
  expect(last).toMatch(/apt-get install -y --no-install-recommends libopenblas64-0-pthread/);
  expect(last).toMatch(/^COPY --from=koffi \/build\/dist\/ \.\/$/m);
  expect(koffi).toContain("ARG TARGETARCH");
  expect(koffi).toMatch(/npm ci .*--cpu="\$cpu"/);
  // Each CPU an image is built for has its package in the lockfile, at koffi's own version.
  const { packages } = JSON.parse(await read("package-lock.json")) as {
    packages: Record<string, { version?: string }>;
  };
  const { version } = packages["node_modules/koffi"] ?? {};
  expect(version).toMatch(/^\d/);
  for (const cpu of ["x64", "arm64"]) {
    expect(packages[`node_modules/@koromix/koffi-linux-${cpu}`]?.version).toBe(version);
  }
});
