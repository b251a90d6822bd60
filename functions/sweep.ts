import middy from "@middy/core";
import { count } from "../aws/metrics.ts";
import { ports } from "../aws/ports.ts";
import { sweep } from "../jobs/sweep.ts";

/** Once a minute: looks at every job that is due, and at every running task. */
export const handler = middy().handler(async () => {
  const counts = await sweep(ports());
  count("JobsSwept", counts.moved);
  count("SweepErrors", counts.failed);
  count("TasksStopped", counts.tasksStopped);
  return counts;
});
