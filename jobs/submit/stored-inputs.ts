import type { ObjectStore } from "../ports.ts";
import type { InputRef } from "../record.ts";
import type { PreparedJob } from "./prepare.ts";

/** The inputs of a job on their way into the bucket: what its record says of them, and the put that makes it true. */
export interface StoredInputs {
  readonly refs: Record<string, InputRef>;
  put(objects: Pick<ObjectStore, "put">): Promise<void>;
}

/** All inputs of a job are one object, named by the request so that a replay cannot touch them. */
export function storedInputs(jobId: string, requestHash: string, { inputs }: PreparedJob): StoredInputs {
  const key = `jobs/${jobId}/in/${requestHash.slice(0, 32)}.npy`;
  const parts: Uint8Array[] = [];
  const refs: Record<string, InputRef> = {};
  let offset = 0;
  for (const [name, input] of Object.entries(inputs)) {
    if (input.kind === "spec")
      throw new Error(`input ${name} has no data: only a plan may take a bare shape`);
    if (input.kind === "ref") {
      refs[name] = input.ref;
      continue;
    }
    const length = input.parts.reduce((sum, part) => sum + part.byteLength, 0);
    const { shape, dtype } = input.spec;
    refs[name] = { shape, dtype, key, offset, length };
    parts.push(...input.parts);
    offset += length;
  }
  return {
    refs,
    async put(objects) {
      if (parts.length > 0) await objects.put(key, parts);
    },
  };
}
