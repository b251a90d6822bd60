import middy from "@middy/core";
import { validate } from "@sluice/contract/validate";
import * as z from "zod";
import { ports } from "../aws/ports.ts";
import { redrive } from "../jobs/sweep/redrive.ts";
import { invocation } from "./invocation.ts";

const request = z.strictObject({
  /** Asked without more, it only says what it would do. */
  dryRun: z.boolean().default(true),
  jobId: z.string().min(1).optional(),
  owner: z.string().min(1).optional(),
  /** What is read must be dealt with before the queue shows it to others again. */
  limit: z.number().int().min(1).max(100).default(100),
});

/**
 * For `sls invoke -f redrive --data '{"dryRun": false}'`: runs the jobs behind dead letters again, all or
 * those of one job or owner. Callers are those IAM lets invoke it.
 */
export const handler = invocation(
  middy<unknown>().handler(async (event) => {
    return redrive(validate(request, event ?? {}), ports());
  }),
);
