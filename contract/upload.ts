import * as z from "zod";
import { maxUploadBytes } from "./limits.ts";

/** The body of `POST /uploads`. */
export const uploadBody = z.strictObject({
  /** Of the whole `.npy` file: S3 takes exactly so many. */
  bytes: z
    .int("expected a whole number of bytes")
    .min(1, "expected at least 1 byte")
    .max(
      maxUploadBytes,
      `expected at most ${maxUploadBytes} bytes; a larger operand comes from random or from the output of a job`,
    ),
});

/** Where to PUT the file. */
export interface UploadView {
  /** For `{"upload": uploadId}`, by whoever asked and nobody else. */
  readonly uploadId: string;
  /** A presigned PUT. */
  readonly url: string;
  /** What the PUT must carry; most clients set it by themselves. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * The PUT must have begun by then, at most: the link also dies with the session of the role that signed it, and S3
   * then answers 403. Ask for another. ISO 8601.
   */
  readonly expiresAt: string;
  /** Jobs may take it as an input until then at least. ISO 8601. */
  readonly keptUntil: string;
}
