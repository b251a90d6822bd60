import { parseNpyHeader, requireLength } from "@sluice/contract/npy";
import { Problem } from "@sluice/contract/problem";
import type { UploadView } from "@sluice/contract/upload";
import { isRandomId, randomId, sha256 } from "../ids.ts";
import { ObjectMissing, type Ports, type UploadedFile } from "../ports.ts";
import type { StoredInput } from "../record.ts";

/** Files that callers put into the bucket themselves. There is no record of one: it is there, or it is not. */

/** A PUT must have begun by then, at most: the link also dies with the session of the role that signed it. */
const linkSeconds = 3600;

/** The owner is part of the key: another's upload id leads nowhere. */
function keyOf(owner: string, uploadId: string): string {
  return `uploads/${sha256(owner).slice(0, 32)}/${uploadId}.npy`;
}

/** Where `owner` may PUT a file of exactly so many bytes. Nothing is stored. */
export async function openUpload(
  owner: string,
  bytes: number,
  { uploads, now, settings }: Pick<Ports, "uploads" | "now" | "settings">,
): Promise<UploadView> {
  const uploadId = randomId();
  const asked = now();
  const { url, headers } = await uploads.link(keyOf(owner, uploadId), bytes, linkSeconds);
  return {
    uploadId,
    url,
    headers,
    expiresAt: new Date(asked + linkSeconds * 1000).toISOString(),
    keptUntil: new Date(asked + settings.retentionDays * 86_400_000).toISOString(),
  };
}

/**
 * What lies behind an upload, as a job's input: shape and dtype from the file's own header, its size held against
 * them, its version pinned.
 *
 * @param field what the request calls the ref, e.g. `inputs.a`
 * @throws Problem `input-not-found` when it is unknown, another owner's, never sent or expired; `invalid-npy` when it
 * is no `.npy` of numbers, or not as long as its header says
 */
export async function uploadedInput(
  uploadId: string,
  field: string,
  owner: string,
  { look }: Pick<Ports["uploads"], "look">,
): Promise<StoredInput> {
  const place = `${field}.upload`;
  const key = keyOf(owner, uploadId);
  const missing = () =>
    new Problem("input-not-found", `${place}: no file of yours has arrived as upload ${uploadId}`, {
      field: place,
    });
  if (!isRandomId(uploadId)) throw missing();
  let file: UploadedFile;
  try {
    file = await look(key);
  } catch (error) {
    throw error instanceof ObjectMissing ? missing() : error;
  }
  try {
    const header = parseNpyHeader(file.head);
    requireLength(header, file.bytes);
    const { shape, dtype } = header.spec;
    return { shape, dtype, key, offset: 0, length: file.bytes, etag: file.etag };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new Problem(error.code, `${place}: ${error.message}`, { ...error.place, field: place });
  }
}
