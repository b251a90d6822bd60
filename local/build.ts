import path from "node:path";
import { type BuildOptions, context } from "esbuild";
import { bundle } from "../esbuild.config.ts";

export interface Build {
  /** Resolves when everything is built; rejects when it cannot be. */
  readonly done: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Bundles the entries (without their `.ts`) by the recipe that is deployed, all in one esbuild run:
 * parsing is shared, which makes the 15 bundles of this project four times faster than one run each.
 * With `onRebuilt` it goes on to rebuild whatever changes.
 */
export function buildBundles(
  root: string,
  entries: readonly string[],
  outdir: string,
  onRebuilt?: () => void,
): Build {
  const options: BuildOptions = {
    ...bundle,
    absWorkingDir: root,
    entryPoints: Object.fromEntries(entries.map((entry) => [entry, path.join(root, `${entry}.ts`)])),
    outdir,
    outExtension: { ".js": ".cjs" },
    logLevel: "warning",
  };
  let first = true;
  const notify = {
    name: "notify",
    setup(build: Parameters<NonNullable<BuildOptions["plugins"]>[number]["setup"]>[0]) {
      build.onEnd(({ errors }) => {
        if (!first && errors.length === 0) onRebuilt?.();
        first = false;
      });
    },
  };
  const building = context({ ...options, plugins: [...bundle.plugins, notify] });
  const run = async (): Promise<void> => {
    const started = await building;
    await started.rebuild();
    if (onRebuilt) await started.watch();
  };
  return {
    done: run(),
    async stop() {
      const started = await building.catch(() => undefined);
      await started?.dispose();
    },
  };
}
