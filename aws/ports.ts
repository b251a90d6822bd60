import type { Ports } from "../jobs/ports.ts";
import { config } from "./config.ts";
import { jobStore } from "./dynamodb/job-store.ts";
import { taskSlots } from "./dynamodb/slots.ts";
import { waitSlots } from "./dynamodb/wait-slots.ts";
import { fargateTasks } from "./ecs/tasks.ts";
import { objectStore } from "./s3/object-store.ts";
import { uploads } from "./s3/uploads.ts";
import { deadLetters } from "./sqs/dead-letters.ts";
import { jobQueue } from "./sqs/job-queue.ts";
import { jobEvents } from "./telemetry/events.ts";
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
