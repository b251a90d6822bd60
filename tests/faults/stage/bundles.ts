import path from "node:path";
import type { Plugin } from "esbuild";
import { buildBundles } from "../../../local/build.ts";
import { temporaryFolder } from "../../../local/workspace.ts";

export const root = path.resolve(import.meta.dirname, "../../..");

const productRegistry = path.join(root, "compute/model/registry.ts");
const testRegistry = path.join(import.meta.dirname, "operations/registry.ts");

/** Every import of the product's registry gets the tests' one, but for that one's own. */
const testOperations: Plugin = {
  name: "test-operations",
  setup(build) {
    build.onResolve({ filter: /\/registry\.ts$/ }, ({ path: specifier, resolveDir, importer }) =>
      path.resolve(resolveDir, specifier) === productRegistry && importer !== testRegistry
        ? { path: testRegistry }
        : undefined,
    );
  },
};

/** The product as it is deployed, with or without the operations in operations/; answers the folder. */
export async function buildStage(
  entries: readonly string[],
  operations: "test" | "product",
): Promise<string> {
  const folder = temporaryFolder();
  const build = buildBundles(root, entries, folder, {
    plugins: operations === "test" ? [testOperations] : [],
  });
  try {
    await build.done;
  } finally {
    await build.stop();
  }
  return folder;
}
