import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmdirSync,
  rmSync,
  statfsSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** Folders that end with the process that owns them, whose id is in their name. */
const owned = /^(?:sluice-)?(\d+)(?:-|$)/;

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Removes what stacks left behind that were killed before they could tidy up. */
function removeStale(parent: string, prefix: string): void {
  if (!existsSync(parent)) return;
  for (const name of readdirSync(parent)) {
    const pid = name.startsWith(prefix) ? owned.exec(name)?.[1] : undefined;
    if (pid !== undefined && !isRunning(Number(pid))) {
      rmSync(path.join(parent, name), { recursive: true, force: true });
    }
  }
}

const inMemory = "/dev/shm";
const leastFreeBytes = 4 * 1024 ** 3;

/**
 * Memory where there is plenty: a job leaves nine small files, and to remove those of a thousand jobs from a
 * busy disk took longer than Ctrl-C may. (Containers often have 64 MiB there.)
 */
export function temporaryRoot(): string {
  try {
    accessSync(inMemory, constants.W_OK);
    const { bavail, bsize } = statfsSync(inMemory);
    return bavail * bsize >= leastFreeBytes ? inMemory : tmpdir();
  } catch {
    return tmpdir();
  }
}

/** A temporary folder that is removed when this process exits. */
export function temporaryFolder(): string {
  const root = temporaryRoot();
  for (const parent of new Set([root, tmpdir()])) removeStale(parent, "sluice-");
  const folder = mkdtempSync(path.join(root, `sluice-${process.pid}-`));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** This process's own build folder under `.esbuild`, so that two stacks run from one checkout. Relative to it. */
export function buildFolder(serviceFolder: string): string {
  const parent = path.join(serviceFolder, ".esbuild");
  removeStale(parent, "");
  const folder = path.join(parent, String(process.pid));
  mkdirSync(folder, { recursive: true });
  process.on("exit", () => {
    rmSync(folder, { recursive: true, force: true });
    try {
      rmdirSync(parent);
    } catch {
      // Another stack is using it.
    }
  });
  return path.relative(serviceFolder, folder);
}
