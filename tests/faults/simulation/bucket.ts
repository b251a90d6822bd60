import type { ObjectStore } from "../../../jobs/ports.ts";
import { handOver, memoryUploads } from "../../support/jobs/objects.ts";
import type { Network } from "./network.ts";

/** S3: objects are put whole and read by range; a reader who has been told to stop is told why. */
export class Bucket {
  readonly files = new Map<string, Uint8Array>();
  readonly objects: ObjectStore;
  /** Nobody in the simulation uploads: what comes in by that road is an input like others. */
  readonly uploads = memoryUploads((key) => this.files.get(key));

  constructor(network: Network) {
    const call = <Value>(name: string, key: string, effect: () => Value) =>
      network.call("S3", name, /^jobs\/([^/]+)/.exec(key)?.[1], effect);
    this.objects = {
      put: (key, pieces, signal) =>
        unlessAborted(signal, () =>
          call("PutObject", key, () => {
            this.files.set(key, new Uint8Array(Buffer.concat(pieces)));
          }),
        ),
      get: (key, range, open, options) =>
        unlessAborted(options?.signal, () =>
          call("GetObject", key, () => handOver(key, this.files.get(key), range, open, options)),
        ),
      exists: (key) => call("HeadObject", key, () => this.files.has(key)),
      link: async (key, fileName) => `https://bucket.test/${key}?name=${fileName}`,
    };
  }
}

/** Nothing is sent once the signal is aborted. What is under way then arrives, and its sender is told the reason. */
async function unlessAborted<Value>(
  signal: AbortSignal | undefined,
  transfer: () => Promise<Value>,
): Promise<Value> {
  signal?.throwIfAborted();
  if (!signal) return transfer();
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    transfer()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener("abort", abort));
  });
}
