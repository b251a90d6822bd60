import { createWriteStream, mkdirSync, type WriteStream } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** Where the lines of tasks, functions and the local cloud itself go. */
export interface Log {
  /** One line for a person, always shown. */
  say(source: string, message: string): void;
  /** Follows a child's output: warnings and errors are shown, all of it with `debug`. */
  follow(source: string, output: Readable): void;
  close(): Promise<void>;
}

export interface LogOptions {
  readonly debug: boolean;
  /** Every line also goes to `<folder>/<source>.log`. */
  readonly folder?: string | undefined;
  readonly write?: (line: string) => void;
}

const levels = new Set(["WARN", "ERROR", "CRITICAL"]);

/** Powertools writes one JSON object per line; a person wants its level, message and error. */
function readable(line: string): string | undefined {
  if (!line.startsWith("{")) return line;
  try {
    const entry = JSON.parse(line) as Record<string, unknown>;
    if (typeof entry.level !== "string" || !levels.has(entry.level)) return undefined;
    const error = entry.error as { name?: string; message?: string } | undefined;
    const job = typeof entry.jobId === "string" ? ` job ${entry.jobId}` : "";
    return `${entry.level}${job} ${String(entry.message)}${error ? `: ${error.name}: ${error.message}` : ""}`;
  } catch {
    return line;
  }
}

export function createLog({ debug, folder, write = (line) => process.stderr.write(line) }: LogOptions): Log {
  const files = new Map<string, WriteStream>();
  if (folder) mkdirSync(folder, { recursive: true });

  const keep = (source: string, line: string): void => {
    if (!folder) return;
    const name = source.split(" ", 1)[0] ?? source;
    let file = files.get(name);
    if (!file) {
      file = createWriteStream(path.join(folder, `${name}.log`), { flags: "a" });
      files.set(name, file);
    }
    file.write(`${line}\n`);
  };
  const show = (source: string, line: string): void => write(`${source.padEnd(8)} ${line}\n`);

  return {
    say(source, message) {
      keep(source, message);
      show(source, message);
    },
    follow(source, output) {
      createInterface({ input: output }).on("line", (line) => {
        if (line === "") return;
        keep(source, line);
        const shown = debug ? line : readable(line);
        if (shown !== undefined) show(source, shown);
      });
    },
    async close() {
      await Promise.all([...files.values()].map((file) => new Promise((resolve) => file.end(resolve))));
    },
  };
}
