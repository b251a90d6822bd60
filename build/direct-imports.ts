import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Plugin } from "esbuild";

const named = /^import (type )?\{([^}]*)\} from "(@aws-sdk\/client-[a-z0-9-]+)";$/gm;

/** The file of a client that defines a name. */
function fileOf(name: string): string {
  if (name.endsWith("Client")) return name;
  if (name.endsWith("Command")) return `commands/${name}`;
  return name.endsWith("ServiceException") ? `models/${name}` : "models/errors";
}

/**
 * Takes what our own files import of an SDK client from the files that define it. esbuild runs an index file whole, with
 * every command of the service, once a dynamic import leads to it.
 */
export function directImports(): Plugin {
  return {
    name: "direct-imports",
    setup({ onLoad, initialOptions }) {
      const own = path.join(initialOptions.absWorkingDir ?? process.cwd(), "aws");
      onLoad({ filter: /[\\/]aws[\\/].*\.ts$/ }, async ({ path: file }) => {
        if (!file.startsWith(own)) return undefined;
        const source = await readFile(file, "utf8");
        const contents = source.replace(named, (whole, type, names: string, client: string) => {
          if (type) return whole;
          return names
            .split(",")
            .map((name) => name.trim())
            .filter((name) => name !== "" && !name.startsWith("type "))
            .map((name) => `import { ${name} } from "${client}/dist-es/${fileOf(name)}.js";`)
            .join(" ");
        });
        return { contents, loader: "ts" };
      });
    },
  };
}
