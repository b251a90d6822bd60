import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { EmulatorOptions, ServiceName } from "./emulator.ts";

export interface Emulators {
  readonly urls: Readonly<Record<ServiceName, string>>;
  stop(): Promise<void>;
}

/**
 * SQS, S3 and DynamoDB in a thread of their own, so that they do not share an event loop with the
 * API; a thread and not a process, so that nothing outlives a killed stack.
 */
export async function startEmulators(options: EmulatorOptions): Promise<Emulators> {
  const worker = new Worker(new URL("./thread.ts", import.meta.url), { workerData: options });
  // `once` rejects when the thread reports an error first.
  const [urls] = (await once(worker, "message")) as [Record<ServiceName, string>];
  worker.on("error", (error) => {
    throw new Error("the emulators died", { cause: error });
  });
  return {
    urls,
    async stop() {
      const gone = once(worker, "exit");
      worker.postMessage("stop");
      await gone;
    },
  };
}
