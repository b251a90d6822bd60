import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { constants, setPriority } from "node:os";

const children = new Set<ChildProcess>();

/**
 * A Node process that cannot outlive this one: killed when this one exits in any orderly way, and told
 * by its broken IPC channel when this one is killed (see lambda/bootstrap.ts and ecs/follow-parent.ts).
 *
 * `detached` puts it in a process group of its own, so that Ctrl-C in the terminal reaches only this
 * process: it decides who gets which signal, as AWS does.
 */
export function spawnNode(args: readonly string[], env: NodeJS.ProcessEnv, cwd?: string): ChildProcess {
  const options: SpawnOptions = { stdio: ["ignore", "pipe", "pipe", "ipc"], detached: true, env };
  const child = spawn(process.execPath, args, cwd === undefined ? options : { ...options, cwd });
  if (children.size === 0) process.on("exit", killAll);
  // At AWS a function's arithmetic takes no CPU from the API. Here they share the cores: the API goes first.
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
  children.add(child);
  child.once("exit", () => {
    children.delete(child);
    if (children.size === 0) process.off("exit", killAll);
  });
  return child;
}

function killAll(): void {
  for (const child of children) child.kill("SIGKILL");
}

/** What a child inherits: enough to run Node, nothing of the developer's own AWS settings. */
export function baseEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, LANG } = process.env;
  return { PATH, HOME, TMPDIR, LANG };
}
