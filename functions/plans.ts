import { planBody } from "@sluice/contract/submit";
import { validate } from "@sluice/contract/validate";
import { ports } from "../aws/ports.ts";
import { planView } from "../jobs/api/plan-view.ts";
import { prepare } from "../jobs/submit/prepare.ts";
import { apiWithJson, json } from "./http/endpoint.ts";
import { ownerOf } from "./http/owner.ts";
import { invocation } from "./invocation.ts";

/** POST /plans: what a job would do, without storing or running anything. */
export const handler = invocation(
  apiWithJson().handler(async (event) => {
    const prepared = await prepare(validate(planBody, event.body), ownerOf(event), ports());
    return json(200, planView(prepared));
  }),
);
