import { statuses } from "@sluice/contract/job";
import { defaultListLimit, maxListLimit } from "@sluice/contract/limits";
import * as z from "zod";
import { listJobs } from "../jobs/api/list.ts";
import { endpoint } from "./http/endpoint.ts";
import { queryOf } from "./http/validated.ts";

/** `name:value`, split at the first colon; a label's name with a colon in it cannot be asked for. */
const label = z
  .string()
  .regex(/^[^:]+:/, "expected name:value")
  .transform((text): readonly [name: string, value: string] => {
    const colon = text.indexOf(":");
    return [text.slice(0, colon), text.slice(colon + 1)];
  });

const query = queryOf(
  z.strictObject({
    status: z.enum(statuses).optional(),
    limit: z.coerce.number<string>().int().min(1).max(maxListLimit).default(defaultListLimit),
    cursor: z.string().optional(),
    label: label.optional(),
  }),
);

/** GET /jobs */
export const handler = endpoint(
  async ({ owner, params, ports }) => ({ json: await listJobs(owner, params, ports) }),
  { params: query },
);
