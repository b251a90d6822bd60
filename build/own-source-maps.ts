import { readFile } from "node:fs/promises";
import type { Plugin } from "esbuild";

/** A source map of a single point, for a file that is better left out of the bundle's. (esbuild ignores an empty one.) */
const onePoint = Buffer.from(
  JSON.stringify({ version: 3, sources: ["dependency"], names: [], mappings: "AAAA" }),
).toString("base64");

/**
 * Leaves dependencies out of the source maps: they were nine tenths of them, and with them the zip of `work` was
 * 1.1 MB, of which a cold start loads every byte. Stack traces still name our own files and lines.
 */
export function ownSourceMaps(): Plugin {
  return {
    name: "own-source-maps",
    setup({ onLoad }) {
      onLoad({ filter: /[\\/]node_modules[\\/].*\.[cm]?js$/ }, async ({ path }) => ({
        contents: `${await readFile(path, "utf8")}\n//# sourceMappingURL=data:application/json;base64,${onePoint}`,
        loader: "js",
      }));
    },
  };
}
