import type { Operands } from "@sluice/compute";
import type { Allocate } from "@sluice/contract/npy";
import type { Message } from "../message.ts";
import type { ObjectStore } from "../ports.ts";
import { type InputRef, isStored, type StoredInput } from "../record.ts";
import { readInput } from "./arrays.ts";

/**
 * Inputs whose reading begins with the message, beside the claim. What the record says counts: an input is taken from
 * here only if it is the same there.
 */
export class EarlyInputs {
  readonly #given: Readonly<Record<string, StoredInput>>;
  readonly #reads = new Map<string, Promise<Operands[string]>>();
  readonly #abort = new AbortController();

  constructor(given: Message["reads"], objects: Pick<ObjectStore, "get">, allocate: Allocate | undefined) {
    this.#given = given ?? {};
    for (const [name, input] of Object.entries(this.#given)) {
      const read = readInput(name, input, objects, { signal: this.#abort.signal, allocate });
      // Whether it failed is asked when the job is this worker's.
      read.catch(() => undefined);
      this.#reads.set(name, read);
    }
  }

  /** The read of this input, if it is under way. */
  take(name: string, input: InputRef): Promise<Operands[string]> | undefined {
    const given = this.#given[name];
    return given && sameParts(given, input) ? this.#reads.get(name) : undefined;
  }

  /** Ends what nobody took. */
  stop(): void {
    this.#abort.abort(new Error("the inputs are not needed here"));
  }
}

function sameParts(given: StoredInput, input: InputRef): boolean {
  if (!isStored(input)) return false;
  const { key, offset, length, etag } = given;
  return key === input.key && offset === input.offset && length === input.length && etag === input.etag;
}
