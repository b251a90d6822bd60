import middy from "@middy/core";
import type { EventBridgeEvent } from "aws-lambda";
import { ports } from "../aws/ports.ts";
import { type EcsTask, observe } from "../aws/task-observation.ts";
import { launchOf } from "../jobs/launch-name.ts";
import { settle } from "../jobs/settle.ts";
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
