import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { treeOf } from "../support/large/processes.ts";

const root = path.resolve(import.meta.dirname, "../..");

interface Started {
  readonly process: ChildProcess;
  readonly lines: string[];
  /** Resolves with the first line that matches; rejects when the process ends without one. */
  line(pattern: RegExp): Promise<string>;
}

function npmStart(port: number): Started {
  const child = spawn("npm", ["start"], {
    cwd: root,
    env: { ...process.env, PORT: String(port) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  const waiting: (() => void)[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      lines.push(line);
      for (const look of waiting) look();
    });
  }
  const line = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const found = lines.find((text) => pattern.test(text));
        if (found !== undefined) resolve(found);
      };
      waiting.push(look);
      look();
      child.once("close", () =>
        reject(new Error(`npm start ended without ${pattern}:\n${lines.join("\n")}`)),
      );
    });
  return { process: child, lines, line };
}

/** A zombie has ended: only its parent, perhaps a container's init, has not asked yet. */
function isRunning(pid: number): boolean {
  const file = `/proc/${pid}/status`;
  return existsSync(file) && !/^State:\s+Z/m.test(readFileSync(file, "utf8"));
}

test.runIf(process.platform === "linux")(
  "SIGTERM to npm start ends every process of the stack",
  async () => {
    const started = npmStart(0);
    const first = await started.line(/./);
    await started.line(/^starting: /);
    await started.line(/^ready http/);
    expect(first).not.toBe("");
    const tree = treeOf(started.process.pid ?? 0);
    // npm, this launcher, Serverless, esbuild and at least one function.
    expect(tree.length).toBeGreaterThanOrEqual(5);
    started.process.kill("SIGTERM");
    await once(started.process, "close");
    expect(tree.filter(isRunning)).toEqual([]);
  },
  120_000,
);

test("a port that is taken is told in one line, before anything is started", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as { port: number };
  const started = npmStart(port);
  const [code] = await once(started.process, "close");
  other.close();
  expect(code).toBe(1);
  expect(started.lines.filter((line) => /^starting|Error:|^\s+at /.test(line))).toEqual([]);
  expect(started.lines.at(-1)).toMatch(
    new RegExp(`^Port ${port} of 127.0.0.1 is not free \\(EADDRINUSE\\): `),
  );
});
