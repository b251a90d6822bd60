import path from "node:path";
import { run } from "./processes.ts";

const program = path.resolve(import.meta.dirname, "../../node_modules/.bin/sls");

/** The real Serverless, in that folder. */
export function sls(cwd: string, env: Record<string, string>, ...args: string[]): Promise<string> {
  return run([process.execPath, program, ...args], { cwd, env, seconds: 900 });
}
