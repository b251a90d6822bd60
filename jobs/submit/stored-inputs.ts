import { inputsInRecord } from "../cost/place.ts";
import type { Ports } from "../ports.ts";
import type { InputRef, StoredInput } from "../record.ts";
import type { PreparedInput, PreparedJob } from "./prepare.ts";

/** The inputs of a job on their way to where they are kept: what its record says of them, and the put that makes it true. */
export interface StoredInputs {
  readonly refs: Record<string, InputRef>;
  /** Does nothing when the record holds them itself. */
  put(objects: Pick<Ports["objects"], "put">): Promise<void>;
}

type SentInput = Extract<PreparedInput, { kind: "bytes" }>;

/** Small inputs go into the record where that is cheaper. Otherwise all inputs of a job are one object. */
export function storedInputs(
  jobId: string,
  requestHash: string,
  { inputs, route }: Pick<PreparedJob, "inputs" | "route">,
  { settings }: Pick<Ports, "settings">,
): StoredInputs {
  const object = new InputObject(jobId, requestHash);
  if (!settings.recordArrays || !inputsInRecord(sentBytes(inputs), route.target))
    return { refs: object.add(inputs), put: (objects) => object.put(objects) };
  const refs = refsOf(inputs, ({ spec: { shape, dtype }, parts }) => ({
    ...{ shape, dtype, npy: new Uint8Array(Buffer.concat(parts)) },
  }));
  return { refs, put: async () => undefined };
}

/**
 * One object that the inputs of a job, or of a whole batch, lie in one behind the other. It is named by the request, so
 * that a replay cannot touch that of another.
 */
export class InputObject {
  readonly #key: string;
  readonly #parts: Uint8Array[] = [];
  #offset = 0;

  /** @param id of the job, or of the batch without its size */
  constructor(id: string, requestHash: string) {
    this.#key = `jobs/${id}/in/${requestHash.slice(0, 32)}.npy`;
  }

  /** What the record of a job says of its inputs, which is true once the object is put. */
  add(inputs: PreparedJob["inputs"]): Record<string, InputRef> {
    return refsOf(inputs, ({ spec: { shape, dtype }, parts }): StoredInput => {
      const [offset, length] = [this.#offset, lengthOf(parts)];
      this.#parts.push(...parts);
      this.#offset += length;
      return { shape, dtype, key: this.#key, offset, length };
    });
  }

  async put(objects: Pick<Ports["objects"], "put">): Promise<void> {
    if (this.#parts.length > 0) await objects.put(this.#key, this.#parts);
  }
}

function refsOf(
  inputs: PreparedJob["inputs"],
  keep: (sent: SentInput) => InputRef,
): Record<string, InputRef> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, input]) => {
      if (input.kind === "spec")
        throw new Error(`input ${name} has no data: only a plan may take a bare shape`);
      return [name, input.kind === "ref" ? input.ref : keep(input)];
    }),
  );
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
