import * as z from "zod";
import type { Status } from "./job.ts";
import { maxBatchJobs } from "./limits.ts";
import type { ProblemDocument } from "./problem.ts";
import { arrayPlaces } from "./submit.ts";

/** Many jobs in one request: the body of `POST /batches`, and what is answered about them. */

const anything = z.unknown().optional();

/** The jobs stay `unknown` here: each is checked by itself, as a submit body, so that one cannot refuse the others. */
export const batchBody = z.strictObject({
  defaults: z
    .strictObject({
      operation: anything,
      params: anything,
      inputs: anything,
      target: anything,
      maxSeconds: anything,
      labels: anything,
    })
    .default({}),
  jobs: z
    .array(z.unknown(), "expected a list of submit bodies")
    .min(1, "expected at least one job")
    .max(maxBatchJobs, `expected at most ${maxBatchJobs} jobs`),
});

export type BatchBody = z.output<typeof batchBody>;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Fields whose entries are taken one by one: an item adds to the defaults, and replaces those of the same name. */
const merged = ["params", "inputs", "labels"] as const;

/** The submit body of one item, not yet checked. What is no object stays as it is, for the check to refuse. */
export function withDefaults(defaults: BatchBody["defaults"], item: unknown): unknown {
  if (!isObject(item)) return item;
  const body: Record<string, unknown> = { ...defaults, ...item };
  for (const field of merged) {
    const [common, own] = [defaults[field], item[field]];
    if (isObject(common) && isObject(own)) body[field] = { ...common, ...own };
  }
  return body;
}

/** `arrayPlaces` of every item and of the defaults. */
export function* batchArrayPlaces(body: unknown): ReturnType<typeof arrayPlaces> {
  if (!isObject(body)) return;
  yield* arrayPlaces(body.defaults);
  if (Array.isArray(body.jobs)) for (const job of body.jobs) yield* arrayPlaces(job);
}

/** A job of a batch in short. `index`: its place in the request. */
export interface BatchedJob {
  readonly index: number;
  readonly jobId: string;
  readonly status: Status;
}

/** What `POST /batches` answers in the place of an item that it refused: nothing is kept of that. */
export interface RefusedItem {
  readonly index: number;
  readonly problem: ProblemDocument;
}

export interface BatchView {
  readonly batchId: string;
  /** Jobs of the request, those that were refused included. */
  readonly size: number;
  readonly counts: Readonly<Record<Status, number>>;
  /** Of all its jobs, from 0 to 1: the mean. */
  readonly progress: number;
  /** Whether every job has ended. */
  readonly finished: boolean;
  /** Of all its jobs; `usd` so far, by those that have ended. */
  readonly cost: { readonly predictedUsd: number; readonly usd: number };
  /** At most 50 of the jobs that FAILED. */
  readonly failed: readonly (BatchedJob & {
    readonly error: { readonly code: string; readonly message: string };
  })[];
  /** In the order of the request. Only the answer to `POST /batches` has refused items. */
  readonly jobs: readonly (BatchedJob | RefusedItem)[];
  /** `result`: all results as one `.npz`, while they are small. */
  readonly links: { readonly self: string; readonly result: string };
}
