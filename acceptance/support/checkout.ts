import { cp, mkdir, readdir, symlink } from "node:fs/promises";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "../..");
const ownPerRun = new Set([".git", ".serverless", ".esbuild", ".sluice", "node_modules"]);

/**
 * The checkout once more, with a link to its packages: Serverless works in `.serverless` beside serverless.yml,
 * where a running stack of the same checkout has its own.
 */
export async function copyCheckout(folder: string): Promise<void> {
  await mkdir(folder);
  for (const name of await readdir(root)) {
    const filter = (source: string) => path.basename(source) !== "node_modules";
    if (!ownPerRun.has(name))
      await cp(path.join(root, name), path.join(folder, name), { recursive: true, filter });
  }
  await symlink(path.join(root, "node_modules"), path.join(folder, "node_modules"));
}
