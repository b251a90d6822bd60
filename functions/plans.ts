import { planBody } from "@sluice/contract/submit";
import { planView } from "../jobs/api/plan-view.ts";
import { prepare } from "../jobs/submit/prepare.ts";
import { endpoint } from "./http/endpoint.ts";
import { jsonBody } from "./http/validated.ts";

/** POST /plans: what a job would do, without storing or running anything. */
export const handler = endpoint(
  async ({ owner, body, ports }) => ({ json: planView(await prepare(body, owner, ports)) }),
  { body: jsonBody(planBody) },
);
