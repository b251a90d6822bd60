import { randomUUID } from "node:crypto";
import { mkdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import type { Store } from "@20minutes/s3rver";

/**
 * An object is there whole or not at all, as S3 promises. s3rver writes into the place from which it reads: whoever
 * asks for a result before it is told that it is there got its first half.
 */
export function putWhole(store: Store): void {
  store.putObject = async ({ bucket, key, content, metadata }) => {
    const place = store.getResourcePath(bucket, key, "object");
    const written = store.getResourcePath(bucket, key, `object.${randomUUID()}`);
    await mkdir(path.dirname(place), { recursive: true });
    try {
      const [size, md5] = await store.putContent(written, content);
      // The object comes last: without it s3rver answers that there is none.
      await store.putMetadata(bucket, key, metadata, md5);
      await rename(written, place);
      return { size, md5 };
    } catch (error) {
      await rm(written, { force: true });
      throw error;
    }
  };
}
