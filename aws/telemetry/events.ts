import { PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { isTerminal } from "@sluice/contract/job";
import type { Events } from "../../jobs/telemetry.ts";
import { eventBridge } from "./event-bridge.ts";

const detailTypes = {
  COMPLETED: "Sluice Job Completed",
  FAILED: "Sluice Job Failed",
  CANCELLED: "Sluice Job Cancelled",
} as const;

/** The ends of jobs on the account's default bus. The source names the stage, as stages share the bus. */
export function jobEvents(stage: string): Events {
  return {
    async put(event) {
      const { status, jobId, finishedAt } = event;
      if (!isTerminal(status)) throw new Error(`job ${jobId} has not ended: it is ${status}`);
      const { Entries = [] } = await eventBridge().send(
        new PutEventsCommand({
          Entries: [
            {
              Source: `sluice.${stage}`,
              DetailType: detailTypes[status],
              Time: new Date(finishedAt),
              Detail: JSON.stringify({ ...event, stage }),
            },
          ],
        }),
      );
      // A refusal comes in a 200.
      const [entry] = Entries;
      if (!entry?.EventId)
        throw new Error(`EventBridge did not take it: ${entry?.ErrorCode}: ${entry?.ErrorMessage}`);
    },
  };
}
