import { catalogue, engine } from "@sluice/compute";
import manifest from "../package.json" with { type: "json" };
import { api } from "./http/api.ts";
import { requireKnown } from "./http/query.ts";

/** GET /operations: what can be computed, and by which release and engine. */
export const handler = api(({ queryStringParameters }) => {
  requireKnown(queryStringParameters, []);
  return { json: { version: manifest.version, engine, operations: catalogue() } };
});
