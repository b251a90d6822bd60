import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { type IgnoreFile, parseIgnoreFile } from "./ignore-file.ts";

export const dockerfile = "container/Dockerfile";

/**
 * The files an image is made of: what .dockerignore lets into the build, the Dockerfile among them. Sorted, with
 * forward slashes: the same on every machine.
 */
export async function imageFiles(folder: string): Promise<string[]> {
  const ignore = parseIgnoreFile(await readFile(path.join(folder, ".dockerignore"), "utf8"));
  const files: string[] = [];
  await collect(folder, "", ignore, files);
  if (!files.includes(dockerfile))
    throw new Error(`expected ${dockerfile} in ${folder}, let in by .dockerignore`);
  return files.sort();
}

async function collect(root: string, folder: string, ignore: IgnoreFile, files: string[]): Promise<void> {
  for (const entry of await readdir(path.join(root, folder), { withFileTypes: true })) {
    const name = folder === "" ? entry.name : `${folder}/${entry.name}`;
    const ignored = ignore.ignores(name);
    if (entry.isDirectory()) {
      if (!ignored || ignore.mayHold(name)) await collect(root, name, ignore, files);
    } else if (!ignored) {
      // A builder copies the link, not what it points to: the image would lack it.
      if (!entry.isFile()) throw new Error(`expected a plain file to build the image from, got ${name}`);
      files.push(name);
    }
  }
}

export interface BuildInput {
  readonly folder: string;
  readonly architecture: string;
  /** SLUICE_BUILD_ARGS: another base is another image. */
  readonly buildArguments: readonly string[];
}

/** The tag of an image: the hash of all that goes into it. Same sources, same tag: nothing is built twice. */
export async function imageTag({ folder, architecture, buildArguments }: BuildInput): Promise<string> {
  const hash = createHash("sha256");
  hash.update(JSON.stringify({ architecture, buildArguments }));
  for (const file of await imageFiles(folder)) {
    const content = await readFile(path.join(folder, file));
    hash.update(`\n${JSON.stringify(file)} ${content.byteLength}\n`).update(content);
  }
  return hash.digest("hex").slice(0, 32);
}
