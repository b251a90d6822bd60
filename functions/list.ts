import { statuses } from "@sluice/contract/job";
import { defaultListLimit, maxListLimit } from "@sluice/contract/limits";
import { validate } from "@sluice/contract/validate";
import * as z from "zod";
import { ports } from "../aws/ports.ts";
import { listJobs } from "../jobs/api/list.ts";
import { api, json } from "./http/endpoint.ts";
import { ownerOf } from "./http/owner.ts";
import { invocation } from "./invocation.ts";

const query = z.strictObject({
  status: z.enum(statuses).optional(),
  limit: z.coerce.number<string>().int().min(1).max(maxListLimit).default(defaultListLimit),
  cursor: z.string().optional(),
});

/** GET /jobs */
export const handler = invocation(
  api().handler(async (event) => {
    const asked = validate(query, event.queryStringParameters ?? {});
    return json(200, await listJobs(ownerOf(event), asked, ports()));
  }),
);
