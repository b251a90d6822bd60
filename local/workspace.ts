import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmdirSync, rmSync } from "node:fs";
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

/** A temporary folder that is removed when this process exits. */
export function temporaryFolder(): string {
  removeStale(tmpdir(), "sluice-");
  const folder = mkdtempSync(path.join(tmpdir(), `sluice-${process.pid}-`));
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
