import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import path from "node:path";
import { createInterface } from "node:readline";
import { stackFlags } from "./node-flags.ts";

/** A whole local stack as a child process, for the demo, the benchmarks and the end-to-end tests. */
export interface Stack {
  readonly url: string;
  readonly process: ChildProcess;
  /** Everything it printed, line by line. */
  readonly lines: readonly string[];
  /** Ends it as Ctrl-C does, and answers its exit code once it has gone. */
  stop(): Promise<number | null>;
}

const root = path.resolve(import.meta.dirname, "..");
const sls = createRequire(import.meta.url).resolve("serverless/bin/serverless.js");

/** Starts `sls offline` in `folder` on a free port and waits for the line that says it is ready. */
export async function startStack(environment: Record<string, string> = {}, folder = root): Promise<Stack> {
  const child = spawn(process.execPath, [...stackFlags, sls, "offline"], {
    cwd: folder,
    env: { ...process.env, PORT: "0", SLS_LOG_LEVEL: "warning", ...environment },
    // The channel carries nothing: when it closes, whoever started the stack is gone, and it ends itself.
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const exited = once(child, "exit");
  const lines: string[] = [];
  const ready = new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on("line", (line) => {
        lines.push(line);
        const url = /^ready (http:\S+)$/.exec(line)?.[1];
        if (url) resolve(url);
      });
    }
    exited.then(([code]) => reject(new Error(`the stack exited with ${code}:\n${lines.join("\n")}`)), reject);
  });
  const url = await ready;
  return {
    url,
    process: child,
    lines,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGINT");
      const [code] = await exited;
      return code;
    },
  };
}
