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

/** A module of kernels as scripts/kernels.ts writes it: its base64, which nothing makes smaller. */
const kernelFile = /\.wasm\.ts$/;
const placeholder = /@@kernel (\d+)@@/;

/** Puts a placeholder in the place of each kernel's base64. `files` gets their paths, by the placeholder's number. */
function kernelsLeftOut(files: string[]): Plugin {
  return {
    name: "kernels-left-out",
    setup({ onLoad }) {
      onLoad({ filter: kernelFile }, ({ path: file }) => {
        const contents = `export const base64 = "@@kernel ${files.push(file) - 1}@@";`;
        return { contents, loader: "ts" };
      });
    },
  };
}

/**
 * A module whose default export is the worker's text. The bundle around it has the kernels too, so the text is put
 * together from those: with a second copy of them each zip was 40 KB larger.
 */
async function workerModule(file: string, plugins: Plugin[]): Promise<string> {
  const kernels: string[] = [];
  const text = await bundleWorker(file, [kernelsLeftOut(kernels), ...plugins]);
  const imports = kernels.map(
    (path, index) => `import { base64 as kernel${index} } from ${JSON.stringify(path)};`,
  );
  const parts = text
    .split(placeholder)
    .map((part, index) => (index % 2 === 0 ? JSON.stringify(part) : `kernel${part}`));
  return `${imports.join("\n")}\nexport default ${parts.join(" + ")};`;
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
        contents: await workerModule(file, plugins),
        loader: "js",
        resolveDir: path.dirname(file),
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
