import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

export interface BuilderRun {
  readonly name: string;
  readonly args: string[];
  readonly stdin: string;
  readonly cwd: string;
  readonly env: Record<string, string>;
}

export interface PlantedBuilders {
  /** Runs so far, `info` left out. */
  runs(): Promise<BuilderRun[]>;
  /** An executable of that name; `fails` names the command that ends with exit code 1. */
  plant(name: string, fails?: string): Promise<void>;
  restore(): Promise<void>;
}

const program = (log: string, fails: string) => `#!${process.execPath}
const { appendFileSync, readFileSync } = require("node:fs");
const [command, ...rest] = process.argv.slice(2);
const stdin = command === "login" ? readFileSync(0, "utf8") : "";
if (command !== "info") {
  const run = { name: require("node:path").basename(__filename), args: [command, ...rest], stdin, cwd: process.cwd(), env: process.env };
  appendFileSync(${JSON.stringify(log)}, JSON.stringify(run) + "\\n");
}
if (command === ${JSON.stringify(fails)}) {
  console.error("some words\\nCannot connect to the daemon");
  process.exit(1);
}
`;

/** A PATH with nothing on it but the builders that a test plants: real executables that write down how they were called. */
export async function plantBuilders(): Promise<PlantedBuilders> {
  const folder = await mkdtemp(path.join(tmpdir(), "sluice-builders-"));
  const log = path.join(folder, "runs.log");
  const before = process.env.PATH;
  process.env.PATH = folder;
  return {
    async runs() {
      const text = await readFile(log, "utf8").catch(() => "");
      return text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as BuilderRun]));
    },
    async plant(name, fails = "") {
      const file = path.join(folder, name);
      await writeFile(file, program(log, fails));
      await chmod(file, 0o755);
    },
    async restore() {
      process.env.PATH = before;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
