import { PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { isTerminal } from "@sluice/contract/job";
import type { JobEvent } from "@sluice/contract/job-event";
import type { Events } from "../../jobs/telemetry.ts";
import { eventBridge } from "./event-bridge.ts";

const detailTypes = {
  COMPLETED: "Sluice Job Completed",
  FAILED: "Sluice Job Failed",
  CANCELLED: "Sluice Job Cancelled",
} as const;

/** The ends of jobs on the account's default bus. The source names the stage, as stages share the bus. */
export function jobEvents(stage: string): Events {
  const entryOf = (event: JobEvent) => {
    const { status, jobId, finishedAt } = event;
    if (!isTerminal(status)) throw new Error(`job ${jobId} has not ended: it is ${status}`);
    return {
      Source: `sluice.${stage}`,
      DetailType: detailTypes[status],
      Time: new Date(finishedAt),
      Detail: JSON.stringify({ ...event, stage }),
    };
  };
  return {
    async put(events) {
      const { Entries = [] } = await eventBridge().send(
        new PutEventsCommand({ Entries: events.map(entryOf) }),
      );
      // A refusal comes in a 200.
      const refused = new Map<number, string>();
      for (const index of events.keys()) {
        const { EventId, ErrorCode, ErrorMessage } = Entries[index] ?? {};
        if (!EventId) refused.set(index, `EventBridge did not take it: ${ErrorCode}: ${ErrorMessage}`);
      }
      return refused;
    },
  };
}
