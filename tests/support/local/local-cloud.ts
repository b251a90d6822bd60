import { type LocalCloud, type LocalCloudOptions, startLocalCloud as start } from "../../../local/cloud.ts";
import { createLog } from "../../../local/log.ts";
import { type PrintedService, printService } from "../../../local/printed-service.ts";

let printed: Promise<PrintedService> | undefined;

/** serverless.yml with its variables resolved; its intrinsic functions are still there. Once per process. */
export function projectService(): Promise<PrintedService> {
  printed ??= printService();
  return printed;
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
