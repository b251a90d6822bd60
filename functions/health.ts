import { engine } from "@sluice/compute";
import { config } from "../aws/config.ts";
import manifest from "../package.json" with { type: "json" };
import { api, json } from "./http/endpoint.ts";
import { invocation } from "./invocation.ts";

/** GET /health: the process answers and its environment is complete. */
export const handler = invocation(
  api().handler(async () => {
    return json(200, { status: "ok", version: manifest.version, stage: config().stage, engine });
  }),
);
