import { randomUUID } from "node:crypto";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { availableParallelism } from "node:os";
import { text } from "node:stream/consumers";
import type { Log } from "../log.ts";
import { Actions } from "./actions.ts";
import type { EcsFaults, RequestFault } from "./faults.ts";
import { type Cluster, EcsError, type StopCode, type Task, type TaskDefinition } from "./model.ts";
import { stateChangeEvent } from "./state-change.ts";
import { Tasks } from "./tasks.ts";

export interface EcsOptions {
  readonly cluster: Cluster;
  readonly definitions: readonly TaskDefinition[];
  /** What every task's environment starts from: endpoints, credentials, region. Asked when a task starts. */
  readonly environment: () => Readonly<Record<string, string>>;
  readonly onEvent: (event: object) => void;
  readonly log: Log;
}

export interface Ecs {
  readonly url: string;
  readonly faults: EcsFaults;
  tasks(): readonly Task[];
  /** The process of a running task, for tests that kill it. */
  pid(taskArn: string): number | undefined;
  /** Resolves when the task is STOPPED. */
  stopped(taskArn: string): Promise<void>;
  /** Stops a task as AWS itself would, e.g. "SpotInterruption". */
  interrupt(taskArn: string, code: StopCode, reason: string): void;
  stop(): Promise<void>;
}

const target = "AmazonEC2ContainerServiceV20141113.";

/** At the end of a local stack nobody waits two minutes for a task to finish. */
const stopSeconds = 1;

/** ECS with Fargate: RunTask, DescribeTasks, StopTask, ListTasks. A task is a child process. */
export async function startEcs(options: EcsOptions): Promise<Ecs> {
  const { cluster, definitions, log } = options;
  const faults: EcsFaults = {};
  const timers = new Set<NodeJS.Timeout>();
  let url = "";
  let stopping = false;

  const publish = (task: Task): void => {
    const event = stateChangeEvent(task);
    for (const delay of faults.event?.(event) ?? [0]) {
      const timer = setTimeout(() => {
        timers.delete(timer);
        options.onEvent(event);
      }, delay);
      timers.add(timer);
    }
  };

  const tasks = new Tasks(cluster, {
    log,
    onChange: (task) => {
      if (!stopping) publish(task);
    },
    failsToStart: (task) => faults.start?.(task),
    environmentOf: (task) => ({
      ...options.environment(),
      ...definitions.find(({ arn }) => arn === task.taskDefinitionArn)?.environment,
      ...overridesOf(task),
      ECS_CONTAINER_METADATA_URI_V4: `${url}/v4/${task.taskArn.split("/").at(-1)}`,
      AWS_EXECUTION_ENV: "AWS_ECS_FARGATE",
    }),
  });
  const actions = new Actions(cluster, definitions, tasks);

  const serve = (action: string, input: object, fault: RequestFault | undefined): object => {
    if (fault && "error" in fault) {
      const { type, message, fields, status } = fault.error;
      throw new EcsError(type, message, fields, status);
    }
    switch (action) {
      case "RunTask":
        return actions.runTask(
          input as Parameters<Actions["runTask"]>[0],
          fault && "failures" in fault ? fault.failures : undefined,
        );
      case "DescribeTasks":
        return actions.describeTasks(input);
      case "StopTask":
        return actions.stopTask(input);
      case "ListTasks":
        return actions.listTasks(input);
      default:
        throw new EcsError("UnknownOperationException", `The local ECS does not know ${action}.`);
    }
  };

  const handle = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const reply = (status: number, body: object): void => {
      response
        .writeHead(status, { "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": randomUUID() })
        .end(JSON.stringify(body));
    };
    if (request.method === "GET") {
      const metadata = taskMetadata(request.url ?? "", tasks);
      reply(metadata ? 200 : 404, metadata ?? {});
      return;
    }
    const action = String(request.headers["x-amz-target"]).replace(target, "");
    const input: object = JSON.parse((await text(request)) || "{}");
    const fault = faults.request?.(action, input);
    try {
      const output = serve(action, input, fault);
      if (fault && "dropReply" in fault) request.socket.destroy();
      else reply(200, output);
    } catch (error) {
      if (!(error instanceof EcsError)) throw error;
      reply(error.status, { __type: error.type, message: error.message, ...error.fields });
    }
  };

  const server = http.createServer((request, response) => {
    handle(request, response).catch((error: Error) => {
      log.say("ecs", error.stack ?? error.message);
      response.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    faults,
    tasks: () => tasks.list(),
    pid: (taskArn) => tasks.pid(taskArn),
    stopped: (taskArn) => tasks.stopped(taskArn),
    interrupt(taskArn, code, reason) {
      const task = tasks.get(taskArn);
      if (task) tasks.stop(task, code, reason);
    },
    async stop() {
      stopping = true;
      for (const timer of timers) clearTimeout(timer);
      await tasks.close(stopSeconds);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function overridesOf(task: Task): Record<string, string> {
  const variables = task.overrides.containerOverrides?.flatMap(({ environment = [] }) => environment) ?? [];
  return Object.fromEntries(variables.map(({ name, value }) => [name, value]));
}

/** The task metadata endpoint, version 4: how a container learns which task it is. */
function taskMetadata(path: string, tasks: Tasks): object | undefined {
  const [, id = ""] = /^\/v4\/([^/]+)\/task$/.exec(path) ?? [];
  const task = tasks.get(id);
  if (!task) return undefined;
  return {
    Cluster: task.clusterArn,
    TaskARN: task.taskArn,
    Family: task.group.replace("family:", ""),
    DesiredStatus: task.desiredStatus,
    KnownStatus: task.lastStatus,
    // Nothing holds a local task to its vCPUs: it has the cores of this machine.
    Limits: { CPU: availableParallelism(), Memory: Number(task.memory) },
    LaunchType: task.launchType,
    AvailabilityZone: task.availabilityZone,
  };
}
