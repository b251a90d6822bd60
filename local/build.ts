import path from "node:path";
import { type BuildOptions, context, type Plugin } from "esbuild";
import { esbuildWorkerSource } from "../build/worker-source.ts";
import { bundle } from "../esbuild.config.ts";

export interface Build {
  /** Resolves when everything is built; rejects when it cannot be. */
  readonly done: Promise<void>;
  stop(): Promise<void>;
}

export interface BuildExtras {
  readonly onRebuilt?: (() => void) | undefined;
  /** Apply to every bundle and to the worker threads' code inside it; for tests. */
  readonly plugins?: readonly Plugin[];
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
  { onRebuilt, plugins = [] }: BuildExtras = {},
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
  const notify: Plugin = {
    name: "notify",
    setup(build) {
      build.onEnd(({ errors }) => {
        if (!first && errors.length === 0) onRebuilt?.();
        first = false;
      });
    },
  };
  const recipe = plugins.length === 0 ? bundle.plugins : [...plugins, esbuildWorkerSource([...plugins])];
  const building = context({ ...options, plugins: [...recipe, notify] });
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
