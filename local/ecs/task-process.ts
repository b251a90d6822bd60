import type { ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { baseEnvironment, spawnNode } from "../child-processes.ts";
import type { Log } from "../log.ts";
import { limitMemory } from "../memory-limit.ts";

const followParent = fileURLToPath(new URL("./follow-parent.ts", import.meta.url));

/** How a task's process ended. */
export interface Exit {
  readonly exitCode: number;
  readonly outOfMemory: boolean;
}

export interface TaskProcess {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  /** SIGTERM, and SIGKILL when it is still there after `seconds`. */
  stop(seconds: number): void;
}

/** A container that dies of a signal exits with 128 + its number. */
const signalNumber: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGTERM: 15,
};

export interface TaskCommand {
  readonly source: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly memoryMiB: number;
}

/** Starts the process that stands for a task's container. Throws when it cannot be started. */
export async function startTaskProcess(command: TaskCommand, log: Log): Promise<TaskProcess> {
  const child = spawnNode(["--import", followParent, ...command.args], {
    ...baseEnvironment(),
    ...command.environment,
  });
  if (child.stdout) log.follow(command.source, child.stdout);
  if (child.stderr) log.follow(command.source, child.stderr);
  const exit = new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
    child.once("exit", (...how) => resolve(how));
  });
  const pid = await spawned(child);
  const memory = limitMemory(pid, command.memoryMiB);
  return {
    pid,
    exited: exit.then(([code, signal]) => {
      const outOfMemory = memory.release();
      return { exitCode: code ?? 128 + (signalNumber[signal ?? ""] ?? 0), outOfMemory };
    }),
    stop(seconds) {
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), seconds * 1000);
      child.once("exit", () => clearTimeout(timer));
    },
  };
}

function spawned(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("spawn", () => resolve(child.pid ?? 0));
    child.once("error", reject);
  });
}
