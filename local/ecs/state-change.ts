import { randomUUID } from "node:crypto";
import { accountId } from "../cloudformation/template.ts";
import type { Task } from "./model.ts";

const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();

/** The event that ECS sends to EventBridge when a task changes: the task itself, times as text, tags left out. */
export function stateChangeEvent(task: Task): object {
  const { tags: _, ...detail } = task;
  const times = Object.entries(detail)
    .filter(([name, value]) => name.endsWith("At") && typeof value === "number")
    .map(([name, value]) => [name, iso(value as number)]);
  return {
    version: "0",
    id: randomUUID(),
    "detail-type": "ECS Task State Change",
    source: "aws.ecs",
    account: accountId,
    time: new Date().toISOString(),
    region: task.taskArn.split(":")[3],
    resources: [task.taskArn],
    detail: {
      ...detail,
      ...Object.fromEntries(times),
      containers: task.containers.map((container) => ({ ...container })),
      updatedAt: new Date().toISOString(),
    },
  };
}
