import { readdirSync, readFileSync } from "node:fs";

/** What processes took at most while they were watched, in bytes. */
export interface Processes {
  /** Ends the watch: of the task of this job its most, of all others what they took above what they began with. */
  stop(jobId: string): { task: number; others: { readonly name: string; readonly above: number }[] };
}

interface Seen {
  readonly first: number;
  most: number;
  readonly environment: readonly string[];
  readonly name: string;
}

const everyMs = 25;

/** Watches a process and all that it started and will start. Linux only. */
export function watchProcesses(root: number): Processes {
  const seen = new Map<number, Seen>();
  const look = () => {
    for (const pid of treeOf(root)) {
      const bytes = residentBytes(pid);
      const known = seen.get(pid);
      if (known) known.most = Math.max(known.most, bytes);
      else if (bytes > 0) seen.set(pid, { first: bytes, most: bytes, ...wordsOf(pid) });
    }
  };
  look();
  const timer = setInterval(look, everyMs);
  return {
    stop(jobId) {
      clearInterval(timer);
      const isTask = ({ environment }: Seen) => environment.includes(`JOB_ID=${jobId}`);
      const all = [...seen.values()];
      return {
        task: Math.max(0, ...all.filter(isTask).map(({ most }) => most)),
        others: all
          .filter((process) => !isTask(process))
          .map(({ name, first, most }) => ({ name, above: most - first })),
      };
    },
  };
}

function treeOf(root: number): number[] {
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
