import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Progress } from "../support/progress.ts";

const children = new Set<ChildProcess>();

export interface ProcessOptions {
  readonly cwd?: string;
  readonly env: Record<string, string>;
}

/** A process that ends with this one, however this one ends, and all that it started with it. */
export function start(command: readonly [string, ...string[]], options: ProcessOptions) {
  const [program, ...args] = command;
  // A group of its own: whom Ctrl-C reaches is decided here.
  const child = spawn(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"], detached: true });
  children.add(child);
  child.once("exit", () => children.delete(child));
  return child;
}

export function kill({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Gone between the look and the kill.
  }
}

export function killAll(): void {
  for (const child of children) kill(child);
}

/**
 * Runs a command to its end and answers what it printed on both streams. What it prints is progress; `progress` may
 * see other signs of it.
 *
 * @throws Error when it fails, or when there has been no progress for too long
 */
export async function run(
  command: readonly [string, ...string[]],
  { progress = new Progress(), ...options }: ProcessOptions & { readonly progress?: Progress },
): Promise<string> {
  const child = start(command, options);
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      progress.sign();
    });
  }
  const stopWatching = progress.watch(() => kill(child));
  try {
    const [code, signal] = await once(child, "close");
    if (code !== 0) {
      const how =
        signal === "SIGKILL"
          ? `was killed, perhaps after ${progress.silenceMs / 1000} s without progress,`
          : `ended with ${code}`;
      throw new Error(`${command.join(" ")} ${how}:\n${said.slice(-10_000)}`);
    }
    return said;
  } finally {
    stopWatching();
  }
}
