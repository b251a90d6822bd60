import { engine } from "@sluice/compute";
import { config } from "../aws/config.ts";
import manifest from "../package.json" with { type: "json" };
import { api } from "./http/api.ts";
import { requireKnown } from "./http/query.ts";

/**
 * GET /health: the process answers and its environment is complete.
 *
 * The route is open to everybody. Which release runs is for those who may call the API: on a stage with identities
 * they read it at `GET /operations`.
 */
export const handler = api(({ queryStringParameters }) => {
  requireKnown(queryStringParameters, []);
  const { auth, stage } = config();
  const versions = auth === "none" ? { version: manifest.version, stage, engine } : {};
  return { json: { status: "ok", ...versions } };
});
