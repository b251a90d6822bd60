import { isMarkedAsUntransferable } from "node:worker_threads";
import type { ProblemCode, ProblemPlace } from "@sluice/contract/problem";
import type { Arrays, Operands } from "../model/operation.ts";

/** What the thread is started with. */
export interface Work {
  readonly operation: string;
  readonly params: unknown;
  readonly inputs: Operands;
  /** Threads to compute on, this one included. */
  readonly threads: number;
  /** worker.ts as text, for the other threads. */
  readonly entry: string;
  /** Where the `native` engine was offered from, if it was. */
  readonly native: string | undefined;
}

/** What the thread reports; the last message is `done` or `problem`. Any other failure is its `error` event. */
export type Report =
  | { readonly kind: "progress"; readonly fraction: number }
  | { readonly kind: "done"; readonly outputs: Arrays }
  | {
      readonly kind: "problem";
      readonly code: ProblemCode;
      readonly detail: string;
      readonly place: ProblemPlace;
    };

/**
 * The buffers to hand over instead of copying: each once, none that threads share anyway, and not
 * the pool small Node Buffers are cut from (those are copied, 8 KiB at most).
 */
export function transferable(arrays: Operands): ArrayBuffer[] {
  const buffers = Object.values(arrays).flatMap((array) => ("data" in array ? [array.data.buffer] : []));
  return [...new Set(buffers)]
    .filter((buffer) => buffer instanceof ArrayBuffer)
    .filter((buffer) => !isMarkedAsUntransferable(buffer));
}
