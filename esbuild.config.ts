import type { BuildOptions } from "esbuild";
import { directImports } from "./build/direct-imports.ts";
import { ownSourceMaps } from "./build/own-source-maps.ts";
import { esbuildWorkerSource } from "./build/worker-source.ts";

/** One recipe for every bundle: the Lambdas (through serverless-esbuild) and the container. */
export const bundle = {
  bundle: true,
  // CommonJS: `sls invoke local` finds only .js, .cjs and .json handlers.
  format: "cjs",
  platform: "node",
  target: "node24",
  // The ES modules of packages that have both: of those esbuild leaves out what nobody imports. With CommonJS every
  // command of every SDK client was in the bundle, and was run at its start.
  mainFields: ["module", "main"],
  sourcemap: true,
  sourcesContent: false,
  minify: true,
  keepNames: true,
  legalComments: "none",
  plugins: [esbuildWorkerSource(), directImports(), ownSourceMaps()],
} satisfies BuildOptions;

const serverlessEsbuild = () => ({
  ...bundle,
  outputFileExtension: ".cjs",
  // Two stacks may run from one checkout: each builds into its own folder.
  outputWorkFolder: process.env.SLUICE_BUILD_FOLDER ?? ".esbuild",
  // The SDK is bundled: the runtime's own copy is not pinned and loads slower than a minified bundle.
  exclude: [],
  // The local cloud builds and watches for itself; this watcher would follow the whole checkout for nothing.
  watch: { pattern: [] },
});

// serverless-esbuild calls `require(config)(serverless)` and ignores `.default`.
export { serverlessEsbuild as "module.exports" };
