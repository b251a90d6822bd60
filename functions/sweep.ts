import middy from "@middy/core";
import { config } from "../aws/config.ts";
import { ports } from "../aws/ports.ts";
import { sweep } from "../jobs/sweep/sweep.ts";
import { invocation } from "./invocation.ts";

/** Once a minute: looks at every job that is due, and at every running task. */
export const handler = invocation(
  middy().handler(async () => {
    const counts = await sweep(ports());
    const { overdue } = counts;
    // A zero says that a pass has looked. Without an alarm nobody listens, and a series costs 0.30 USD a month.
    if (overdue !== undefined && (overdue > 0 || config().alarms))
      ports().metrics.put({ JobsOverdue: overdue });
    return counts;
  }),
);
