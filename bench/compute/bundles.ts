import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { bundle } from "../../esbuild.config.ts";

const root = path.resolve(import.meta.dirname, "../..");

/** A folder of bundles made by the recipe of the Lambdas' zips; removed when `use` has ended. */
export async function withBundles<Result>(
  entries: readonly string[],
  use: (bundleOf: (entry: string) => string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(path.join(tmpdir(), "sluice-bench-"));
  const bundleOf = (entry: string) => path.join(folder, `${path.basename(entry, ".ts")}.cjs`);
  try {
    for (const entry of entries)
      await build({ ...bundle, absWorkingDir: root, entryPoints: [entry], outfile: bundleOf(entry) });
    return await use(bundleOf);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
