import { dtypes } from "@sluice/contract/array";
import { targets } from "@sluice/contract/job";
import * as z from "zod";
import type { StoredInput } from "./record.ts";

/** Where an input lies, as in the record. */
const storedInput = z.object({
  shape: z.array(z.int().min(0)),
  dtype: z.enum(dtypes),
  key: z.string(),
  offset: z.int().min(0),
  length: z.int().min(0),
  etag: z.string().optional(),
});

/** What travels on the queue. Handlers of version 1 ignore fields they do not know. */
const message = z.object({
  v: z.literal(1),
  jobId: z.string().regex(/^[0-9a-z]{26}$/),
  dispatch: z.int().min(1),
  target: z.enum(targets),
  /** Short, and small enough for ten like it in one function. Absent where that is not known. */
  small: z.boolean().optional(),
  /** Its stored inputs, so that they can be read while the job is claimed. The record has the last word. */
  reads: z.record(z.string(), storedInput).optional(),
});

export interface Message extends Omit<z.output<typeof message>, "reads"> {
  readonly reads?: Readonly<Record<string, StoredInput>> | undefined;
}

/** @throws when the text is not a message of ours: the queue then redelivers it and at last parks it in the DLQ */
export function parseMessage(text: string): Message {
  return message.parse(JSON.parse(text)) as Message;
}
