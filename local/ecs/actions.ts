import { isFargateSize } from "./fargate-sizes.ts";
import {
  type Cluster,
  EcsError,
  type Failure,
  type RunTaskInput,
  type RunTaskOutput,
  type Task,
  type TaskDefinition,
} from "./model.ts";
import type { Tasks } from "./tasks.ts";
import { TokenStore } from "./tokens.ts";

const invalid = (message: string): EcsError => new EcsError("InvalidParameterException", message);
const client = (message: string): EcsError => new EcsError("ClientException", message);

interface ListTasksInput {
  readonly cluster?: string;
  readonly family?: string;
  readonly startedBy?: string;
  readonly desiredStatus?: string;
  readonly maxResults?: number;
  readonly nextToken?: string;
}

/** The ECS API over one cluster. Its checks are those of AWS that a caller could trip over. */
export class Actions {
  readonly #cluster: Cluster;
  readonly #definitions: readonly TaskDefinition[];
  readonly #tasks: Tasks;
  readonly #tokens = new TokenStore();

  constructor(cluster: Cluster, definitions: readonly TaskDefinition[], tasks: Tasks) {
    this.#cluster = cluster;
    this.#definitions = definitions;
    this.#tasks = tasks;
  }

  /** `refusal` answers failures instead of starting anything: a fault, or no capacity. */
  runTask(input: RunTaskInput, refusal?: readonly Failure[]): RunTaskOutput {
    this.#checkCluster(input.cluster);
    const definition = this.#definition(input.taskDefinition);
    checkRunTask(input, definition);
    return this.#tokens.once(input, () => {
      if (refusal) return { tasks: [], failures: refusal };
      const tasks = Array.from({ length: input.count ?? 1 }, () => this.#tasks.run(definition, input));
      return { tasks, failures: [] };
    });
  }

  describeTasks(input: { cluster?: string; tasks?: readonly string[] }): RunTaskOutput {
    this.#checkCluster(input.cluster);
    const wanted = input.tasks ?? [];
    if (wanted.length === 0) throw invalid("Tasks cannot be empty.");
    if (wanted.length > 100) throw invalid("Tasks cannot have more than 100 elements.");
    this.#tasks.list();
    const found = wanted.map((arn) => this.#tasks.get(arn));
    return {
      tasks: found.filter((task) => task !== undefined),
      failures: wanted.filter((_, index) => !found[index]).map((arn) => ({ arn, reason: "MISSING" })),
    };
  }

  stopTask(input: { cluster?: string; task?: string; reason?: string }): { task: Task } {
    this.#checkCluster(input.cluster);
    const task = this.#tasks.get(input.task ?? "");
    if (!task) throw invalid("The referenced task was not found.");
    this.#tasks.stop(task, "UserInitiated", input.reason ?? "Task stopped by user");
    return { task };
  }

  listTasks(input: ListTasksInput): { taskArns: string[]; nextToken?: string } {
    this.#checkCluster(input.cluster);
    const { startedBy, family, desiredStatus = "RUNNING", maxResults = 100 } = input;
    if (startedBy !== undefined && family !== undefined) {
      throw invalid("startedBy must be the only filter.");
    }
    const arns = this.#tasks
      .list()
      .filter((task) => task.desiredStatus === desiredStatus)
      .filter((task) => startedBy === undefined || task.startedBy === startedBy)
      .filter((task) => family === undefined || this.#definition(family).arn === task.taskDefinitionArn)
      .map(({ taskArn }) => taskArn);
    // The token is the last ARN of the page before: tasks that come and go do not shift the pages.
    const start = input.nextToken === undefined ? 0 : arns.indexOf(input.nextToken) + 1;
    const taskArns = arns.slice(start, start + maxResults);
    const last = taskArns.at(-1);
    return start + maxResults < arns.length && last !== undefined
      ? { taskArns, nextToken: last }
      : { taskArns };
  }

  #checkCluster(cluster = "default"): void {
    if (cluster === this.#cluster.arn || cluster === this.#cluster.name) return;
    throw new EcsError("ClusterNotFoundException", "Cluster not found.");
  }

  #definition(wanted = ""): TaskDefinition {
    const family = (wanted.split("/").at(-1) ?? "").split(":")[0];
    const definition = this.#definitions.find((known) => known.arn === wanted || known.family === family);
    if (!definition) throw client("Unable to describe task definition.");
    return definition;
  }
}

function checkRunTask(input: RunTaskInput, definition: TaskDefinition): void {
  const { count = 1, overrides = {} } = input;
  if (count < 1 || count > 10) throw invalid("Count must be between 1 and 10.");
  if (input.launchType !== undefined && input.capacityProviderStrategy !== undefined) {
    throw invalid("Specifying both launch type and capacity provider strategy is not supported.");
  }
  if (!input.networkConfiguration) {
    throw invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  }
  if (input.startedBy !== undefined && !/^[A-Za-z0-9\-/_]{0,128}$/.test(input.startedBy)) {
    throw invalid("startedBy must have at most 128 letters, digits, hyphens, slashes and underscores.");
  }
  if (input.clientToken !== undefined && !/^[\x21-\x7e]{1,64}$/.test(input.clientToken)) {
    throw invalid("clientToken must have 1 to 64 ASCII characters between 33 and 126.");
  }
  if (JSON.stringify(overrides).length > 8192) {
    throw invalid("Container Overrides length must be at most 8192.");
  }
  for (const { name } of overrides.containerOverrides ?? []) {
    if (name !== definition.containerName) {
      throw invalid(`Override for container named ${name} is not a container in the TaskDefinition.`);
    }
  }
  if (!isFargateSize(overrides.cpu ?? definition.cpu, overrides.memory ?? definition.memory)) {
    throw client("No Fargate configuration exists for given values.");
  }
}
