import { GetObjectCommand, NoSuchKey, PutObjectCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { headBytes, ObjectMissing, type Uploads } from "../../jobs/ports.ts";
import { s3 } from "./client.ts";

/** Files that callers put into the bucket themselves. */
export function uploads(bucketName: string): Uploads {
  const Bucket = bucketName;

  return {
    async link(key, bytes, seconds) {
      // Its length is signed with it, so that S3 refuses any other. The client leaves checksums out: client.ts.
      const command = new PutObjectCommand({ Bucket, Key: key, ContentLength: bytes });
      const url = await getSignedUrl(s3(), command, { expiresIn: seconds });
      return { url, headers: { "content-length": String(bytes) } };
    },

    async look(key) {
      try {
        const { Body, ETag, ContentRange } = await s3().send(
          new GetObjectCommand({ Bucket, Key: key, Range: `bytes=0-${headBytes - 1}` }),
        );
        const bytes = Number(/\/(\d+)$/.exec(ContentRange ?? "")?.[1]);
        if (!Body || !ETag || !Number.isSafeInteger(bytes))
          throw new Error(`S3 answered ${key} without a body, an ETag or a size`);
        return { head: await Body.transformToByteArray(), bytes, etag: ETag };
      } catch (error) {
        if (error instanceof NoSuchKey) throw new ObjectMissing(key);
        throw error;
      }
    },
  };
}
