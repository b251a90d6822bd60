import type { Ports } from "../jobs/ports.ts";
import { adapters } from "./adapters.ts";
import { config } from "./config.ts";
import { jobStore } from "./dynamodb/job-store.ts";
import { taskSlots } from "./dynamodb/slots.ts";
import { waitSlots } from "./dynamodb/wait-slots.ts";
import { onFirstCall } from "./on-first-call.ts";
import { logger } from "./telemetry/log.ts";
import { metrics } from "./telemetry/metrics.ts";
import { functionTrace } from "./telemetry/trace.ts";

/** The domain's ports, wired to AWS: made once per process. */
let wired: Ports | undefined;

export function ports(): Ports {
  wired ??= wire();
  return wired;
}

function wire(): Ports {
  const stage = config();
  const now = Date.now;
  return {
    store: jobStore(stage.tableName, now),
    objects: onFirstCall(async () => (await adapters.objects()).objectStore(stage.bucketName)),
    uploads: onFirstCall(async () => (await adapters.uploads()).uploads(stage.bucketName)),
    queue: onFirstCall(async () => (await adapters.queue()).jobQueue(stage.queueUrl)),
    deadLetters: onFirstCall(async () =>
      (await adapters.deadLetters()).deadLetters(stage.deadLetterQueueUrl),
    ),
    tasks: onFirstCall(async () => (await adapters.tasks()).fargateTasks(stage, now)),
    slots: taskSlots({ tableName: stage.tableName, ...stage.settings }, now),
    waitSlots: waitSlots(stage.tableName, stage.waitHolders, now),
    log: logger(),
    metrics: metrics(),
    events: onFirstCall(async () => (await adapters.events()).jobEvents(stage.stage)),
    trace: functionTrace(),
    now,
    settings: stage.settings,
  };
}
