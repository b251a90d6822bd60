import { readdirSync, readFileSync } from "node:fs";

/** A tick of Linux's process times: 100 a second on every machine of ours. */
const tickMs = 10;

interface Times {
  readonly parent: number;
  /** Its own, and that of its children that have ended. */
  readonly ms: number;
}

function timesOf(pid: string): Times | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in brackets may hold spaces. After it: state, parent, …, and as 12th to 15th user, system and children's.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return { parent: Number(fields[1]), ms: ticks * tickMs };
  } catch {
    return undefined; // it has just ended
  }
}

/** Milliseconds of CPU that a process and all its descendants have taken so far; undefined off Linux. */
export function cpuMs(root: number): number | undefined {
  if (process.platform !== "linux") return undefined;
  const all = new Map<number, Times>();
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    const times = timesOf(pid);
    if (times) all.set(Number(pid), times);
  }
  const tree = [root];
  for (const pid of tree) {
    for (const [child, { parent }] of all) if (parent === pid) tree.push(child);
  }
  return tree.reduce((sum, pid) => sum + (all.get(pid)?.ms ?? 0), 0);
}
