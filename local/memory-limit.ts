import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import path from "node:path";

/** A memory limit on one process. The process is killed with SIGKILL when it passes it. */
export interface MemoryLimit {
  readonly by: "cgroup" | "rss";
  /** Called once the process is gone: whether memory was the reason. */
  release(): boolean;
}

interface CgroupLayout {
  /** The group under which ours are made. */
  readonly parent: string;
  readonly limitFile: string;
  readonly swapFile: string;
  readonly swapValue: (bytes: number) => string;
  /** A file with a line `oom_kill N`. */
  readonly eventsFile: string;
}

/** Where this process may make memory groups, by what the kernel says of it; undefined without cgroups. */
function cgroupLayout(): CgroupLayout | undefined {
  let lines: string[];
  try {
    lines = readFileSync("/proc/self/cgroup", "utf8").trim().split("\n");
  } catch {
    return undefined;
  }
  for (const line of lines) {
    const [, controllers = "", group = ""] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers.split(",").includes("memory")) {
      return {
        parent: path.join("/sys/fs/cgroup/memory", group),
        limitFile: "memory.limit_in_bytes",
        swapFile: "memory.memsw.limit_in_bytes",
        swapValue: String,
        eventsFile: "memory.oom_control",
      };
    }
  }
  const unified = lines.find((line) => line.startsWith("0::"));
  if (!unified) return undefined;
  return {
    // Beside our own group, not in it: version 2 forbids a group to have both processes and children.
    parent: path.join("/sys/fs/cgroup", path.dirname(unified.slice("0::".length))),
    limitFile: "memory.max",
    swapFile: "memory.swap.max",
    swapValue: () => "0",
    eventsFile: "memory.events",
  };
}

function limitByCgroup(pid: number, bytes: number): MemoryLimit | undefined {
  const layout = cgroupLayout();
  if (!layout) return undefined;
  const group = path.join(layout.parent, `sluice-${process.pid}-${pid}`);
  const write = (file: string, value: string): void => writeFileSync(path.join(group, file), value);
  try {
    mkdirSync(group);
  } catch {
    return undefined; // not ours to write: the usual case on a laptop
  }
  try {
    write(layout.limitFile, String(bytes));
    try {
      write(layout.swapFile, layout.swapValue(bytes));
    } catch {
      // Kernels without swap accounting have no such file.
    }
    write("cgroup.procs", String(pid));
  } catch {
    rmdirSync(group);
    return undefined;
  }
  return {
    by: "cgroup",
    release() {
      const events = readFileSync(path.join(group, layout.eventsFile), "utf8");
      const kills = /^oom_kill (\d+)$/m.exec(events)?.[1];
      rmdirSync(group);
      return Number(kills ?? 0) > 0;
    },
  };
}

/** A process that allocates 2 GiB/s passes its limit by about 50 MiB between two looks. */
const pollMs = 25;

function residentBytes(pid: number): number {
  try {
    const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Number(kibibytes ?? 0) * 1024;
  } catch {
    return 0; // gone, or a system without /proc: no limit there
  }
}

function limitByPolling(pid: number, bytes: number): MemoryLimit {
  let exceeded = false;
  const timer = setInterval(() => {
    if (residentBytes(pid) <= bytes) return;
    exceeded = true;
    clearInterval(timer);
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It died between the look and the kill.
    }
  }, pollMs);
  timer.unref();
  return {
    by: "rss",
    release() {
      clearInterval(timer);
      return exceeded;
    },
  };
}

/** Holds a process to `mebibytes`: by a control group where we may make one, else by watching it. */
export function limitMemory(pid: number, mebibytes: number, by: "any" | "rss" = "any"): MemoryLimit {
  const bytes = mebibytes * 1024 * 1024;
  const grouped = by === "any" ? limitByCgroup(pid, bytes) : undefined;
  return grouped ?? limitByPolling(pid, bytes);
}
