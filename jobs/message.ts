import { targets } from "@sluice/contract/job";
import * as z from "zod";

/** What travels on the queue. Handlers of version 1 ignore fields they do not know. */
const message = z.object({
  v: z.literal(1),
  jobId: z.string().regex(/^[0-9a-z]{26}$/),
  dispatch: z.int().min(1),
  target: z.enum(targets),
});

export type Message = z.output<typeof message>;

/** @throws when the text is not a message of ours: the queue then redelivers it and at last parks it in the DLQ */
export function parseMessage(text: string): Message {
  return message.parse(JSON.parse(text));
}
