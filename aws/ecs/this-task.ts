import * as z from "zod";
import { taskEnvironment } from "../config.ts";

const metadata = z.object({
  TaskARN: z.string().min(1),
  /** vCPUs and MiB of the whole task. */
  Limits: z.object({ CPU: z.number().positive() }).optional(),
});

/**
 * Who this task is, from the ECS agent's metadata endpoint. The claim stores it, so that cancel and sweep
 * can reach the task even when RunTask's own reply was lost; the computation takes a thread for each of its vCPUs.
 * Source: ECS developer guide, "task metadata endpoint version 4".
 */
export async function thisTask(): Promise<{ taskArn?: string; vcpu?: number }> {
  const { ECS_CONTAINER_METADATA_URI_V4: uri } = taskEnvironment();
  if (uri === undefined) return {};
  const response = await fetch(`${uri}/task`, { signal: AbortSignal.timeout(5_000) });
  if (!response.ok) throw new Error(`the task metadata endpoint answered ${response.status}`);
  const { TaskARN: taskArn, Limits } = metadata.parse(await response.json());
  return { taskArn, ...(Limits ? { vcpu: Limits.CPU } : {}) };
}
