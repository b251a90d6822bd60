import { execFile } from "node:child_process";
import { copyFile, cp, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { buildah } from "./buildah.ts";

/**
 * A stand-in for the Dockerfile's base on a machine that reaches package registries but no image registry: Debian by
 * mmdebstrap, with this machine's Node, npm, CA certificates and npm registry. Only the image's build stages run on
 * it; nothing of it is in the image.
 */
const image = `localhost/sluice-build-base:node-${process.versions.node}`;

const certificates = "/etc/ssl/certs/ca-certificates.crt";

const dockerfile = `FROM scratch
ADD debian.tar /
COPY certificates.crt ${certificates}
COPY npmrc /usr/local/etc/npmrc
COPY node /usr/local/bin/node
COPY npm /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
`;

/** Made once, then kept in buildah's store. Takes half a minute. */
export async function localBase(): Promise<string> {
  const known = await buildah("images", "--quiet", image).catch(() => "");
  if (known !== "") return image;
  const run = promisify(execFile);
  const folder = await mkdtemp(path.join(tmpdir(), "sluice-base-"));
  const at = (name: string): string => path.join(folder, name);
  try {
    const { stdout: registry } = await run("npm", ["config", "get", "registry"]);
    const { stdout: modules } = await run("npm", ["root", "--global"]);
    await run("mmdebstrap", ["--variant=minbase", "--include=libstdc++6", "bookworm", at("debian.tar")]);
    await writeFile(at("npmrc"), `registry=${registry.trim()}\ncafile=${certificates}\n`);
    await copyFile(certificates, at("certificates.crt"));
    await copyFile(process.execPath, at("node"));
    await cp(path.join(modules.trim(), "npm"), at("npm"), { recursive: true });
    await writeFile(at("Dockerfile"), dockerfile);
    await buildah("build", "--quiet", "-f", at("Dockerfile"), "-t", image, folder);
    return image;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What is missing to make it, or undefined. */
export async function whyNoLocalBase(): Promise<string | undefined> {
  try {
    await promisify(execFile)("mmdebstrap", ["--version"]);
    await stat(certificates);
    return undefined;
  } catch (error) {
    return `neither can one be made: mmdebstrap and ca-certificates are needed (${(error as Error).message})`;
  }
}
