import {
  DescribeTasksCommand,
  ListTasksCommand,
  RunTaskCommand,
  StopTaskCommand,
  type Task,
} from "@aws-sdk/client-ecs";
import type { TaskRequest, Tasks } from "../../jobs/ports.ts";
import { launchName, launchOf } from "../../jobs/run/launch-name.ts";
import type { Config } from "../config.ts";
import { ecs } from "./client.ts";
import { mayHaveStarted, refusalOf, taskOfConflict } from "./launch-refusal.ts";
import { containerName, observe } from "./task-observation.ts";

/** DescribeTasks takes at most 100. */
const describeBatch = 100;

type TasksConfig = Pick<
  Config,
  "clusterArn" | "taskDefinitionArn" | "subnetIds" | "securityGroupIds" | "assignPublicIp"
>;

/** Fargate tasks, one job each. */
export function fargateTasks(config: TasksConfig, now: () => number): Tasks {
  const cluster = config.clusterArn;
  const family = config.taskDefinitionArn.split("/").at(-1)?.split(":")[0];

  async function describeMany(taskArns: readonly string[]): Promise<Task[]> {
    const found: Task[] = [];
    for (let start = 0; start < taskArns.length; start += describeBatch) {
      const batch = taskArns.slice(start, start + describeBatch);
      const { tasks = [] } = await ecs().send(new DescribeTasksCommand({ cluster, tasks: batch }));
      found.push(...tasks);
    }
    return found;
  }

  return {
    async run(request) {
      const command = new RunTaskCommand(runTaskInput(config, request));
      let lostReply = false;
      // Sees each attempt, inside the SDK's retries: the last error does not tell what the first one left behind.
      command.middlewareStack.add(
        (attempt) => async (sent) => {
          try {
            return await attempt(sent);
          } catch (error) {
            lostReply ||= mayHaveStarted(error);
            throw error;
          }
        },
        { step: "finalizeRequest", priority: "low" },
      );
      try {
        const { tasks = [], failures = [] } = await ecs().send(command);
        const taskArn = tasks[0]?.taskArn;
        // A refusal comes in a 200 too: an empty list of tasks, and why.
        return taskArn === undefined ? { refusal: refusalOf(failures) } : { taskArn };
      } catch (error) {
        const taskArn = taskOfConflict(error);
        if (taskArn !== undefined) return { taskArn };
        return { refusal: { ...refusalOf(error), ...(lostReply ? { unsure: true } : {}) } };
      }
    },

    async stop(taskArn, reason) {
      await ecs().send(new StopTaskCommand({ cluster, task: taskArn, reason }));
    },

    async describe(taskArns) {
      const tasks = (await describeMany(taskArns)).map(observe);
      return new Map(tasks.map((task) => [task.taskArn, task]));
    },

    async running() {
      const taskArns: string[] = [];
      let nextToken: string | undefined;
      do {
        const page = await ecs().send(new ListTasksCommand({ cluster, family, nextToken }));
        taskArns.push(...(page.taskArns ?? []));
        nextToken = page.nextToken;
      } while (nextToken);
      return (await describeMany(taskArns)).flatMap((task) => {
        const { state, taskArn } = observe(task);
        const launch = launchOf(task.startedBy);
        // Asked to stop, or stopped, since it was listed.
        const ending = task.desiredStatus === "STOPPED" || state === "stopped";
        if (!launch || ending) return [];
        // ECS sets createdAt when a task leaves PROVISIONING: without it the task is of just now, not of 1970.
        return [{ state, taskArn, ...launch, createdAt: task.createdAt?.getTime() ?? now() }];
      });
    },
  };
}

/** Byte-stable for a (job, dispatch): the same clientToken with other parameters is a ConflictException. */
function runTaskInput(
  config: TasksConfig,
  { jobId, dispatch, cpuUnits, memoryMiB, spot, trace }: TaskRequest,
) {
  const launch = launchName({ jobId, dispatch });
  return {
    cluster: config.clusterArn,
    taskDefinition: config.taskDefinitionArn,
    count: 1,
    clientToken: launch,
    startedBy: launch,
    // The definition has the stack's tags: by them a stage's tasks are told apart on the bill.
    propagateTags: "TASK_DEFINITION" as const,
    capacityProviderStrategy: [{ capacityProvider: spot ? "FARGATE_SPOT" : "FARGATE", weight: 1 }],
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: [...config.subnetIds],
        securityGroups: [...config.securityGroupIds],
        assignPublicIp: config.assignPublicIp ? ("ENABLED" as const) : ("DISABLED" as const),
      },
    },
    overrides: {
      cpu: String(cpuUnits),
      memory: String(memoryMiB),
      containerOverrides: [
        {
          name: containerName,
          environment: [
            { name: "JOB_ID", value: jobId },
            { name: "DISPATCH", value: String(dispatch) },
            ...(trace === undefined ? [] : [{ name: "_X_AMZN_TRACE_ID", value: trace }]),
          ],
        },
      ],
    },
  };
}
