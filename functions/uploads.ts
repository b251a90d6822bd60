import { uploadBody } from "@sluice/contract/upload";
import { preload } from "../aws/adapters.ts";
import { openUpload } from "../jobs/submit/uploads.ts";
import { endpoint } from "./http/endpoint.ts";
import { jsonBody } from "./http/validated.ts";

preload("uploads");

/** POST /uploads: where to PUT an array that is too large for a body. */
export const handler = endpoint(
  async ({ owner, body, ports }) => ({ status: 201, json: await openUpload(owner, body.bytes, ports) }),
  { body: jsonBody(uploadBody) },
);
