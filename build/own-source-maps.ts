import { readFile } from "node:fs/promises";
import type { Plugin } from "esbuild";

/** A source map of a single point, for a file that is better left out of the bundle's. (esbuild ignores an empty one.) */
const onePoint = Buffer.from(
  JSON.stringify({ version: 3, sources: ["dependency"], names: [], mappings: "AAAA" }),
).toString("base64");

/** Loops over numbers: their stack traces name the function, which is all that a compute thread's traces name anyway. */
const loops = /[\\/]compute[\\/](engines|loops|math)[\\/].*\.ts$/;

/**
 * Leaves dependencies and the loops over numbers out of the source maps: dependencies were nine tenths of them, the loops
 * half of the rest, and a cold start loads every byte of a zip. Stack traces still name our own files and lines elsewhere.
 */
export function ownSourceMaps(): Plugin {
  return {
    name: "own-source-maps",
    setup({ onLoad }) {
      const withoutMap = (filter: RegExp, loader: "js" | "ts") =>
        onLoad({ filter }, async ({ path }) => ({
          contents: `${await readFile(path, "utf8")}\n//# sourceMappingURL=data:application/json;base64,${onePoint}`,
          loader,
        }));
      withoutMap(/[\\/]node_modules[\\/].*\.[cm]?js$/, "js");
      withoutMap(loops, "ts");
    },
  };
}
