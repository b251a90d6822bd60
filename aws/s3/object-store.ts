import { GetObjectCommand, HeadObjectCommand, NotFound } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import type { ObjectStore } from "../../jobs/ports.ts";
import { s3 } from "./client.ts";
import { readObject } from "./object-read.ts";
import { writeObject } from "./object-write.ts";

/**
 * At most: a link also dies with the session of the role that signed it, whatever it says of itself.
 * Source: repost.aws/knowledge-center/presigned-url-s3-bucket-expiration
 */
const linkSeconds = 3600;

/** Arrays in S3. */
export function objectStore(bucketName: string): ObjectStore {
  const Bucket = bucketName;

  return {
    async put(key, pieces, signal) {
      try {
        await writeObject({ Bucket, Key: key }, pieces, signal);
      } catch (error) {
        // The SDK has an AbortError of its own: the caller knows only its reason.
        signal?.throwIfAborted();
        throw error;
      }
    },

    async get(key, range, open, { etag, signal } = {}) {
      signal?.throwIfAborted();
      return readObject({ Bucket, Key: key, etag }, range, open, signal);
    },

    async exists(key) {
      try {
        await s3().send(new HeadObjectCommand({ Bucket, Key: key }));
        return true;
      } catch (error) {
        if (error instanceof NotFound) return false;
        throw error;
      }
    },

    link(key, fileName) {
      const command = new GetObjectCommand({
        Bucket,
        Key: key,
        ResponseContentDisposition: `attachment; filename="${fileName}"`,
      });
      return getSignedUrl(s3(), command, { expiresIn: linkSeconds });
    },
  };
}
