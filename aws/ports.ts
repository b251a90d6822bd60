import type { Ports } from "../jobs/ports.ts";
import { config } from "./config.ts";
import { deadLetters } from "./dead-letters.ts";
import { jobEvents } from "./events.ts";
import { jobQueue } from "./job-queue.ts";
import { jobStore } from "./job-store.ts";
import { logger } from "./log.ts";
import { metrics } from "./metrics.ts";
import { objectStore } from "./object-store.ts";
import { taskSlots } from "./slots.ts";
import { fargateTasks } from "./tasks.ts";
import { functionTrace } from "./trace.ts";
import { uploads } from "./uploads.ts";
import { waitSlots } from "./wait-slots.ts";

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
    objects: objectStore(stage.bucketName),
    uploads: uploads(stage.bucketName),
    queue: jobQueue(stage.queueUrl),
    deadLetters: deadLetters(stage.deadLetterQueueUrl),
    tasks: fargateTasks(stage, now),
    slots: taskSlots({ tableName: stage.tableName, ...stage.settings }, now),
    waitSlots: waitSlots(stage.tableName, stage.waitHolders, now),
    log: logger(),
    metrics: metrics(),
    events: jobEvents(stage.stage),
    trace: functionTrace(),
    now,
    settings: stage.settings,
  };
}
