import middy from "@middy/core";
import type { EventBridgeEvent } from "aws-lambda";
import { type EcsTask, observe } from "../aws/ecs/task-observation.ts";
import { ports } from "../aws/ports.ts";
import { settle } from "../jobs/lifecycle/settle.ts";
import { launchOf } from "../jobs/run/launch-name.ts";
import { invocation } from "./invocation.ts";

type TaskStateChange = EventBridgeEvent<"ECS Task State Change", EcsTask & { startedBy?: string }>;

/** ECS says that a task of this stage has stopped. */
export const handler = invocation(
  middy<TaskStateChange>().handler(async ({ detail }) => {
    const launch = launchOf(detail.startedBy);
    const task = observe(detail);
    if (launch && task.state === "stopped") await settle(launch, task, ports());
  }),
);
