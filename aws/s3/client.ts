import { S3Client } from "@aws-sdk/client-s3";
import { maxAttempts, once } from "../clients.ts";

/** A transfer on whose socket nothing moves for so long is broken off and tried again: by itself it would hang for ever. */
export const stallMilliseconds = 30_000;

/**
 * Checksums only where S3 demands them: by default the SDK signs a CRC32 of an empty body into presigned
 * links, which real S3 then refuses, and streams could not be sent with a plain length.
 */
export const s3 = once(
  () =>
    new S3Client({
      maxAttempts,
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
      requestHandler: { socketTimeout: stallMilliseconds },
    }),
);
