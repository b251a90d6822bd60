import { catalogue } from "@sluice/compute";
import { api, json } from "./http/endpoint.ts";
import { invocation } from "./invocation.ts";

/** GET /operations */
export const handler = invocation(api().handler(async () => json(200, { operations: catalogue() })));
