import path from "node:path";
import { build, type Plugin } from "esbuild";

/**
 * `import source from "worker:./x.ts"` gives the bundled text of a worker-thread entry. Every Lambda
 * and the container stay one file each: nothing has to find a second file at run time, and the same
 * import works in the zip, in the image and (through the Vite twin below) in the tests.
 */
const prefix = /^worker:/;

async function bundleWorker(file: string, plugins: Plugin[] = []): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    format: "cjs",
    platform: "node",
    target: "node24",
    minify: true,
    keepNames: true,
    plugins,
  });
  const [output] = outputFiles;
  if (!output) throw new Error(`esbuild produced no output for the worker ${file}`);
  return output.text;
}

/** `plugins` are those of the bundle around it that its workers need too. */
export function esbuildWorkerSource(plugins: Plugin[] = []): Plugin {
  return {
    name: "worker-source",
    setup(context) {
      context.onResolve({ filter: prefix }, ({ path: specifier, resolveDir }) => ({
        path: path.resolve(resolveDir, specifier.replace(prefix, "")),
        namespace: "worker-source",
      }));
      context.onLoad({ filter: /.*/, namespace: "worker-source" }, async ({ path: file }) => ({
        contents: await bundleWorker(file, plugins),
        loader: "text",
        watchFiles: [file],
      }));
    },
  };
}

/** The same for Vitest, as the one Vite hook pair it needs. */
export function viteWorkerSource() {
  const marker = "\0worker-source:";
  return {
    name: "worker-source",
    enforce: "pre" as const,
    resolveId(specifier: string, importer?: string) {
      if (!prefix.test(specifier) || !importer) return null;
      return marker + path.resolve(path.dirname(importer), specifier.replace(prefix, ""));
    },
    async load(id: string) {
      if (!id.startsWith(marker)) return null;
      return `export default ${JSON.stringify(await bundleWorker(id.slice(marker.length)))}`;
    },
  };
}
