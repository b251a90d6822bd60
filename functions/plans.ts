import { planBody } from "@sluice/contract/submit";
import { planView } from "../jobs/api/plan-view.ts";
import { prepare } from "../jobs/submit/prepare.ts";
import { endpoint } from "./http/endpoint.ts";
import { submissionReader } from "./http/submit-body.ts";

/** POST /plans: what a job would do, without storing or running anything. Takes every body that `POST /jobs` takes. */
export const handler = endpoint(
  async ({ owner, body, ports }) => ({ json: planView(await prepare(body, owner, ports)) }),
  { body: submissionReader(planBody) },
);
