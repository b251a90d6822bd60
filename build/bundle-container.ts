import path from "node:path";
import { build } from "esbuild";
import { bundle } from "../esbuild.config.ts";

const root = path.dirname(import.meta.dirname);

/** Bundles the container's entry into `<folder>/main.cjs`, one file that needs no node_modules. */
export async function bundleContainer(folder: string) {
  return build({
    ...bundle,
    absWorkingDir: root,
    entryPoints: ["container/main.ts"],
    outfile: path.resolve(folder, "main.cjs"),
    metafile: true,
  });
}

if (import.meta.main) {
  const folder = process.argv[2];
  if (!folder) throw new Error("expected the output folder: node build/bundle-container.ts <folder>");
  await bundleContainer(folder);
}
