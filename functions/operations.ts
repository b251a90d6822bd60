import { catalogue } from "@sluice/compute";
import { api, json } from "./api.ts";

/** GET /operations */
export const handler = api().handler(async () => json(200, { operations: catalogue() }));
