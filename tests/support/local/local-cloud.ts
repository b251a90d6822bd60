import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import { promisify } from "node:util";
import { type LocalCloud, type LocalCloudOptions, startLocalCloud as start } from "../../../local/cloud.ts";
import type { Template } from "../../../local/cloudformation/template.ts";
import { createLog } from "../../../local/log.ts";

const root = path.resolve(import.meta.dirname, "../../..");
const sls = createRequire(import.meta.url).resolve("serverless/bin/serverless.js");

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

let printed: Promise<PrintedService> | undefined;

/** serverless.yml with its variables resolved; its intrinsic functions are still there. Once per process. */
export function projectService(): Promise<PrintedService> {
  printed ??= printService();
  return printed;
}

/** The same with options of Serverless: `--stage prod`. */
export async function printService(...options: string[]): Promise<PrintedService> {
  const args = [sls, "print", "--format", "json", ...options];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: root,
    maxBuffer: 16 * 1024 * 1024,
  });
  return JSON.parse(stdout) as PrintedService;
}

export interface TestCloud extends LocalCloud {
  /** What the local cloud said, line by line. */
  readonly lines: readonly string[];
  /** The variables of a function of this project, with the SDK's: for aws/config.ts and `new XClient({})`. */
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * The emulators with this project's queues, table, bucket and cluster, or with those of `template`;
 * without Serverless and without the HTTP API. `taskCommand` says what a task runs.
 */
export async function startLocalCloud(
  options: Partial<Pick<LocalCloudOptions, "template" | "taskCommand" | "data" | "faults">> = {},
): Promise<TestCloud> {
  const service = options.template ? undefined : await projectService();
  const lines: string[] = [];
  const cloud = await start({
    template: options.template ?? service?.resources ?? {},
    region: service?.provider.region ?? "eu-west-1",
    stackName: service ? `${service.service}-${service.provider.stage}` : "test",
    log: createLog({ debug: true, write: (line) => lines.push(line) }),
    taskCommand: options.taskCommand ?? (async () => ["--eval", ""]),
    data: options.data,
    faults: options.faults,
  });
  const variables = cloud.resolver.environment({ ...service?.provider.environment, AUTH: "none" });
  return { ...cloud, lines, variables: { ...variables, ...cloud.environment } };
}
