/** Which paths of the build's context the builder sees, by the rules of a .dockerignore: the last match decides. */
export interface IgnoreFile {
  ignores(path: string): boolean;
  /** An ignored folder may hold what a later `!` lets in again. */
  mayHold(folder: string): boolean;
}

export function parseIgnoreFile(text: string): IgnoreFile {
  const rules = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const letsIn = line.startsWith("!");
      const glob = line.slice(letsIn ? 1 : 0).replace(/^\/|\/$/g, "");
      // A pattern that matches a folder holds for everything in it.
      return { letsIn, glob, pattern: new RegExp(`^${expressionOf(glob)}(/|$)`) };
    });
  return {
    ignores: (path) => rules.findLast(({ pattern }) => pattern.test(path))?.letsIn === false,
    mayHold: (folder) => rules.some(({ letsIn, glob }) => letsIn && glob.startsWith(`${folder}/`)),
  };
}

function expressionOf(glob: string): string {
  return glob
    .split(/(\*\*\/|\*\*|\*|\?)/)
    .map((part) => {
      if (part === "**/") return "(?:.*/)?";
      if (part === "**") return ".*";
      if (part === "*") return "[^/]*";
      if (part === "?") return "[^/]";
      return part.replace(/[.+^${}()|[\]\\]/g, "\\$&");
    })
    .join("");
}
