import { catalogue } from "@sluice/compute";
import { api } from "./http/api.ts";

/** GET /operations */
export const handler = api(() => ({ json: { operations: catalogue() } }));
