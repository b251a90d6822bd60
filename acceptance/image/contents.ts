import { lstatSync, readdirSync, type Stats } from "node:fs";
import path from "node:path";
import { type Elf, readElf } from "./elf.ts";

/** What the task opens: Node, and what the engine `native` looks for. */
const opened = [/^\/usr\/local\/bin\/node$/, /\/libopenblas64\.so\.0$/, /^\/app\/node_modules\/.*\.node$/];

const isWritable = ({ uid, mode }: Stats): boolean => uid !== 0 || (mode & 0o002) !== 0;

/**
 * Looks at every file of an unpacked image, which may be for a CPU that this machine cannot run: all programs are
 * for `architecture`, every library that one needs is there, and only /tmp can be written by the job's user.
 * @throws Error naming the file
 */
export function checkContents(root: string, architecture: string): { bytes: number; programs: number } {
  const names = new Set<string>();
  const elves: [string, Elf][] = [];
  let bytes = 0;
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    const name = `/${path.relative(root, file)}`;
    const about = lstatSync(file);
    names.add(name);
    if (!about.isSymbolicLink() && isWritable(about) !== (name === "/tmp"))
      throw new Error(
        `expected only /tmp to be open to the job's user, got ${name} with mode ${about.mode.toString(8)}`,
      );
    if (!about.isFile()) continue;
    bytes += about.size;
    const elf = readElf(file);
    if (elf) elves.push([name, elf]);
  }
  for (const pattern of opened) {
    if (![...names].some((name) => pattern.test(name)))
      throw new Error(`expected a file ${pattern}, got none`);
  }
  const libraries = new Set([...names].map((name) => path.basename(name)));
  for (const [name, { cpu, needed }] of elves) {
    if (cpu !== architecture)
      throw new Error(`expected programs for ${architecture}, got ${name} for ${cpu}`);
    const missing = needed.filter((library) => !libraries.has(library));
    if (missing.length > 0) throw new Error(`${name} needs ${missing.join(", ")}, which the image has not`);
  }
  return { bytes, programs: elves.length };
}
