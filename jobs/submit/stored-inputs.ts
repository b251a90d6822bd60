import { inputsInRecord } from "../cost/place.ts";
import type { Ports } from "../ports.ts";
import type { InputRef } from "../record.ts";
import type { PreparedInput, PreparedJob } from "./prepare.ts";

/** The inputs of a job on their way to where they are kept: what its record says of them, and the put that makes it true. */
export interface StoredInputs {
  readonly refs: Record<string, InputRef>;
  /** Does nothing when the record holds them itself. */
  put(objects: Pick<Ports["objects"], "put">): Promise<void>;
}

/**
 * Small inputs go into the record where that is cheaper. Otherwise all inputs of a job are one object, named by the
 * request so that a replay cannot touch them.
 */
export function storedInputs(
  jobId: string,
  requestHash: string,
  { inputs, route }: Pick<PreparedJob, "inputs" | "route">,
  { settings }: Pick<Ports, "settings">,
): StoredInputs {
  const key = `jobs/${jobId}/in/${requestHash.slice(0, 32)}.npy`;
  const inRecord = settings.recordArrays && inputsInRecord(sentBytes(inputs), route.target);
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
    const { shape, dtype } = input.spec;
    if (inRecord) {
      refs[name] = { shape, dtype, npy: new Uint8Array(Buffer.concat(input.parts)) };
      continue;
    }
    const length = lengthOf(input.parts);
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

/** What came with the request. */
function sentBytes(inputs: Readonly<Record<string, PreparedInput>>): number {
  return Object.values(inputs).reduce(
    (sum, input) => sum + (input.kind === "bytes" ? lengthOf(input.parts) : 0),
    0,
  );
}

function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.byteLength, 0);
}
