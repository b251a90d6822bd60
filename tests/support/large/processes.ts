import { readdirSync, readFileSync } from "node:fs";

/** What processes took at most while they were watched, in bytes. */
export interface Processes {
  /** Ends the watch: of the task of this job its most, of all others what they took above what they began with. */
  stop(jobId: string): { task: number; others: { readonly name: string; readonly above: number }[] };
}

interface Seen {
  readonly first: number;
  most: number;
  words: { readonly environment: readonly string[]; readonly name: string };
}

const everyMs = 25;

/** Watches a process and all that it started and will start. Linux only. */
export function watchProcesses(root: number): Processes {
  const seen = new Map<number, Seen>();
  const look = () => {
    for (const pid of treeOf(root)) {
      const bytes = residentBytes(pid);
      const known = seen.get(pid);
      if (bytes === 0) continue;
      // At its very beginning a process still has the name and the environment of the one that started it.
      const words = wordsOf(pid);
      if (known) Object.assign(known, { most: Math.max(known.most, bytes), words });
      else seen.set(pid, { first: bytes, most: bytes, words });
    }
  };
  look();
  const timer = setInterval(look, everyMs);
  return {
    stop(jobId) {
      clearInterval(timer);
      const isTask = ({ words }: Seen) => words.environment.includes(`JOB_ID=${jobId}`);
      const all = [...seen.values()];
      return {
        task: Math.max(0, ...all.filter(isTask).map(({ most }) => most)),
        others: all
          .filter((process) => !isTask(process))
          .map(({ words, first, most }) => ({ name: words.name, above: most - first })),
      };
    },
  };
}

/** A process and all its descendants. Linux only. */
export function treeOf(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    const parent = Number(/^PPid:\s+(\d+)$/m.exec(read(`/proc/${pid}/status`))?.[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(pid)]);
  }
  const tree = [root];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

function residentBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;
}

function wordsOf(pid: number) {
  const name = read(`/proc/${pid}/cmdline`).split("\0").filter(Boolean).slice(1).join(" ");
  return { environment: read(`/proc/${pid}/environ`).split("\0"), name: `${pid} ${name.slice(-60)}` };
}

/** "" when the process has gone since, or is another user's. */
function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
