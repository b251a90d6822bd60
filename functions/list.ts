import { statuses } from "@sluice/contract/job";
import { defaultListLimit, maxListLimit } from "@sluice/contract/limits";
import * as z from "zod";
import { listJobs } from "../jobs/api/list.ts";
import { endpoint } from "./http/endpoint.ts";
import { queryOf } from "./http/validated.ts";

const query = queryOf(
  z.strictObject({
    status: z.enum(statuses).optional(),
    limit: z.coerce.number<string>().int().min(1).max(maxListLimit).default(defaultListLimit),
    cursor: z.string().optional(),
  }),
);

/** GET /jobs */
export const handler = endpoint(
  async ({ owner, params, ports }) => ({ json: await listJobs(owner, params, ports) }),
  { params: query },
);
