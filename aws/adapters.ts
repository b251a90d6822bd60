/** The adapters that are loaded when they are needed, each with its client of the SDK. All functions need the job store. */
export const adapters = {
  objects: () => import("./s3/object-store.ts"),
  uploads: () => import("./s3/uploads.ts"),
  queue: () => import("./sqs/job-queue.ts"),
  deadLetters: () => import("./sqs/dead-letters.ts"),
  tasks: () => import("./ecs/tasks.ts"),
  events: () => import("./telemetry/events.ts"),
};

/**
 * Loads what nearly every event of a function needs while the function is loaded: Lambda gives that phase a whole
 * vCPU, and the events of a function of 512 MiB less than a third of one.
 */
export function preload(...names: (keyof typeof adapters)[]): void {
  for (const name of names) void adapters[name]();
}
