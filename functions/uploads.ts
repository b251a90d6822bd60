import { uploadBody } from "@sluice/contract/upload";
import { validate } from "@sluice/contract/validate";
import { ports } from "../aws/ports.ts";
import { openUpload } from "../jobs/submit/uploads.ts";
import { apiWithJson, json } from "./http/endpoint.ts";
import { ownerOf } from "./http/owner.ts";
import { invocation } from "./invocation.ts";

/** POST /uploads: where to PUT an array that is too large for a body. */
export const handler = invocation(
  apiWithJson().handler(async (event) => {
    const { bytes } = validate(uploadBody, event.body);
    return json(201, await openUpload(ownerOf(event), bytes, ports()));
  }),
);
