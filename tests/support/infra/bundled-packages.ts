import { readdirSync } from "node:fs";
import path from "node:path";
import { build, type Metafile } from "esbuild";
import { bundle } from "../../../esbuild.config.ts";

const root = path.resolve(import.meta.dirname, "../../..");
const worker = "worker-source:";

/** The folders below node_modules that a bundle took files from. */
function foldersOf({ inputs }: Metafile): string[] {
  return Object.keys(inputs).flatMap(
    (file) => /^(node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? [],
  );
}

/**
 * Which folder of node_modules each bundle has files of: all functions, the container's entry, and the entries of
 * worker threads, whose text is built on its own and stands in the others as a string.
 */
export async function bundledPackages(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const handlers = readdirSync(path.join(root, "functions")).filter((file) => file.endsWith(".ts"));
  const queue = [...handlers.map((file) => `functions/${file}`), "container/main.ts"];
  const found = new Map<string, ReadonlySet<string>>();
  for (let entry = queue.shift(); entry !== undefined; entry = queue.shift()) {
    if (found.has(entry)) continue;
    const { metafile } = await build({
      ...bundle,
      absWorkingDir: root,
      entryPoints: [entry],
      outfile: "bundle.cjs",
      write: false,
      metafile: true,
    });
    found.set(entry, new Set(foldersOf(metafile)));
    const workers = Object.keys(metafile.inputs).filter((file) => file.startsWith(worker));
    queue.push(...workers.map((file) => path.relative(root, file.slice(worker.length))));
  }
  return found;
}
