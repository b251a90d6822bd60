import { engine } from "@sluice/compute";
import { config } from "../aws/config.ts";
import manifest from "../package.json" with { type: "json" };
import { api } from "./http/api.ts";

/** GET /health: the process answers and its environment is complete. */
export const handler = api(() => ({
  json: { status: "ok", version: manifest.version, stage: config().stage, engine },
}));
