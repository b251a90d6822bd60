import path from "node:path";
import type { Progress } from "../support/progress.ts";
import { run } from "./processes.ts";

const program = path.resolve(import.meta.dirname, "../../node_modules/.bin/sls");

interface Place {
  /** The folder of serverless.yml. */
  readonly cwd: string;
  readonly env: Record<string, string>;
  readonly progress: Progress;
}

/** The real Serverless. */
export function sls(place: Place, ...args: string[]): Promise<string> {
  return run([process.execPath, program, ...args], place);
}
