import type { Task } from "@aws-sdk/client-ecs";
import type { TaskObservation } from "../../jobs/lifecycle/evidence.ts";

/** The fields that DescribeTasks and the state-change event share; the event's dates are text. */
export type EcsTask = Pick<Task, "taskArn" | "lastStatus" | "stopCode" | "stoppedReason" | "containers">;

/** The container of the task definition that infra/cluster.yml names. */
export const containerName = "job";

/** An ECS task in the domain's words. Anything past RUNNING but not STOPPED still runs our process. */
export function observe(task: EcsTask): Exclude<TaskObservation, { state: "missing" }> {
  const taskArn = task.taskArn ?? "";
  switch (task.lastStatus) {
    case "STOPPED": {
      const containers = task.containers ?? [];
      // AWS may add a container of its own, GuardDuty's for one.
      const container = containers.find(({ name }) => name === containerName) ?? containers[0];
      return {
        state: "stopped",
        taskArn,
        stopCode: task.stopCode ?? "",
        stoppedReason: task.stoppedReason ?? "",
        containerReason: container?.reason ?? "",
        // Absent when the container never ran.
        ...(container?.exitCode === undefined ? {} : { exitCode: container.exitCode }),
      };
    }
    case "PROVISIONING":
    case "PENDING":
    case "ACTIVATING":
      return { state: "starting", taskArn };
    default:
      return { state: "running", taskArn };
  }
}
