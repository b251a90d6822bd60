import {
  DescribeTasksCommand,
  ECSClient,
  RunTaskCommand,
  type RunTaskCommandInput,
} from "@aws-sdk/client-ecs";
import type { Template } from "../../../local/cloudformation/template.ts";
import { bundleFolder } from "./bundles.ts";
import { startLocalCloud } from "./local-cloud.ts";
import { clientSettings } from "./settings.ts";

const template: Template = {
  Resources: {
    Table: { Type: "AWS::DynamoDB::Table", Properties: tableOf("records") },
    Cluster: { Type: "AWS::ECS::Cluster", Properties: { ClusterName: "crunch" } },
    Task: {
      Type: "AWS::ECS::TaskDefinition",
      Properties: {
        Family: "crunch",
        Cpu: "256",
        Memory: "512",
        ContainerDefinitions: [
          { Name: "job", StopTimeout: 1, Environment: [{ Name: "TABLE_NAME", Value: { Ref: "Table" } }] },
        ],
      },
    },
  },
};

function tableOf(TableName: string) {
  return {
    TableName,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
  };
}

/** What a task does is in its environment. */
const script = `
  const act = {
    exit: () => process.exit(Number(process.env.CODE)),
    print: async () => {
      const metadata = await (await fetch(process.env.ECS_CONTAINER_METADATA_URI_V4 + "/task")).json();
      console.log(JSON.stringify({ table: process.env.TABLE_NAME, sqs: process.env.AWS_ENDPOINT_URL_SQS, arn: metadata.TaskARN, stray: process.env.VITEST }));
    },
    wait: () => { process.on("SIGTERM", () => process.exit(0)); console.log("waiting"); setInterval(() => {}, 1000) },
    stubborn: () => { process.on("SIGTERM", () => {}); console.log("waiting"); setInterval(() => {}, 1000) },
    eat: () => { const held = []; for (;;) held.push(Buffer.alloc(16 << 20, 1)) },
  };
  void act[process.env.ACT]();
`;

export interface StateChange {
  readonly "detail-type": string;
  readonly detail: { taskArn: string; lastStatus: string; version: number; [field: string]: unknown };
}

export const clusterArn = "arn:aws:ecs:eu-west-1:000000000000:cluster/crunch";

export function runTaskInput(
  act: string,
  overrides: Partial<RunTaskCommandInput> = {},
  env: Record<string, string> = {},
) {
  const environment = Object.entries({ ACT: act, ...env }).map(([name, value]) => ({ name, value }));
  return {
    cluster: "crunch",
    taskDefinition: "crunch",
    launchType: "FARGATE",
    networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-1"] } },
    overrides: { containerOverrides: [{ name: "job", environment }] },
    ...overrides,
  } satisfies RunTaskCommandInput;
}

/** A local cloud whose tasks do what their variable ACT says, with everything its event bus carried. */
export async function startTaskCloud() {
  const folder = bundleFolder();
  const file = folder.write("task", script);
  const cloud = await startLocalCloud({ template, taskCommand: async () => [file] });
  const ecs = new ECSClient({ ...clientSettings(cloud, "ECS"), maxAttempts: 1 });
  const events: StateChange[] = [];
  cloud.events.addRule({
    pattern: { source: ["aws.ecs"], detail: { clusterArn: [clusterArn] } },
    target: "test",
    async invoke(event) {
      events.push(event as StateChange);
      return { payload: "null" };
    },
  });
  return {
    cloud,
    ecs,
    eventsOf: (taskArn: string) => events.filter(({ detail }) => detail.taskArn === taskArn),
    async run(...args: Parameters<typeof runTaskInput>): Promise<string> {
      const { tasks = [] } = await ecs.send(new RunTaskCommand(runTaskInput(...args)));
      return tasks[0]?.taskArn ?? "";
    },
    async describe(taskArn: string) {
      const { tasks = [] } = await ecs.send(
        new DescribeTasksCommand({ cluster: clusterArn, tasks: [taskArn] }),
      );
      return tasks[0];
    },
    /** Until a running task has said that it waits. @throws when it stops before */
    async waiting(taskArn: string): Promise<void> {
      const mine = `task ${taskArn.slice(-8)}`;
      const said = () => cloud.lines.some((line) => line.startsWith(mine) && line.includes("waiting"));
      const stopped = cloud.ecs.stopped(taskArn).then(() => "stopped");
      while (!said()) {
        const what = await Promise.race([stopped, new Promise((resolve) => setTimeout(resolve, 5))]);
        if (what === "stopped" && !said()) throw new Error(`${mine} stopped and never said that it waits`);
      }
    },
    async stop(): Promise<void> {
      ecs.destroy();
      await cloud.stop();
      folder.remove();
    },
  };
}
