import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import { promisify } from "node:util";
import type { Template } from "./cloudformation/template.ts";

/** serverless.yml with its variables resolved; its intrinsic functions are still there. */
export interface PrintedService {
  readonly service: string;
  readonly provider: {
    readonly region: string;
    readonly stage: string;
    readonly environment: Record<string, unknown>;
    readonly tracing: { readonly lambda: boolean };
  };
  readonly functions: Readonly<Record<string, { readonly tracing?: string }>>;
  readonly resources: Template;
}

const root = path.dirname(import.meta.dirname);
const sls = createRequire(import.meta.url).resolve("serverless/bin/serverless.js");

/** What `sls print` says, with options of Serverless: `--stage prod`. */
export async function printService(...options: string[]): Promise<PrintedService> {
  const args = [sls, "print", "--format", "json", ...options];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: root,
    maxBuffer: 16 * 1024 * 1024,
  });
  return JSON.parse(stdout) as PrintedService;
}
