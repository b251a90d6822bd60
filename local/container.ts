import path from "node:path";
import { build } from "esbuild";
import { bundle } from "../esbuild.config.ts";

/**
 * Builds the container's entry and gives the arguments with which Node runs it in place of the image.
 * With `rebuild` every task runs the source as it is then.
 */
export function containerCommand(entry: string, folder: string, rebuild: boolean): () => Promise<string[]> {
  const outfile = path.join(folder, "container.cjs");
  const make = async (): Promise<string[]> => {
    await build({ ...bundle, entryPoints: [entry], outfile, logLevel: "silent" });
    return ["--enable-source-maps", outfile];
  };
  if (rebuild) return make;
  const made = make();
  // Whoever starts the first task is told; until then nobody listens.
  made.catch(() => {});
  return () => made;
}
