import type { Context } from "@20minutes/s3rver";
import { type Middleware, refuse } from "./s3-answers.ts";

/**
 * Who gets in. s3rver verifies a signature that is there; S3 demands one of a bucket that blocks public access, and
 * that it covers every x-amz-* header: else a caller could add an ACL or a checksum to a presigned PUT.
 * Source: S3 API reference, "Create a signed AWS API request", canonical headers.
 */
export const signed: Middleware = async (context, next) => {
  // A preflight carries no credentials.
  if (context.method === "OPTIONS") return next();
  const covered = signedHeaders(context);
  const uncovered = Object.keys(context.headers).filter(
    (name) => name.startsWith("x-amz-") && !covered?.includes(name),
  );
  if (covered && uncovered.length === 0) return next();
  const why = covered ? "There were headers present in the request which were not signed" : "Access Denied";
  return refuse(context, 403, "AccessDenied", why);
};

/** Version 4, in the query of a presigned link or in a header; undefined where there is neither. */
function signedHeaders({ query, headers }: Context): string[] | undefined {
  const inHeader = /SignedHeaders=([^,\s]+)/.exec(headers.authorization ?? "")?.[1];
  return (query["X-Amz-SignedHeaders"] ?? inHeader)?.split(";");
}

/** `Range: bytes=-8`: the last eight bytes (RFC 9110, 14.1.2), which s3rver takes for the first nine. */
export const suffixRange: Middleware = async (context, next) => {
  const last = /^bytes=-(\d+)$/.exec(context.headers.range ?? "")?.[1];
  if (last === undefined) return next();
  const [, bucket = "", ...key] = decodeURIComponent(context.path).split("/");
  // A missing object is the router's to tell.
  const there = await context.store.getMetadata(bucket, key.join("/")).catch(() => undefined);
  if (!there) return next();
  const size = Number(there["content-length"]);
  if (Number(last) === 0) return refuse(context, 416, "InvalidRange");
  context.headers.range = `bytes=${Math.max(0, size - Number(last))}-`;
  return next();
};

/** CORS headers go to who names an Origin (S3 guide, "Using cross-origin resource sharing"); s3rver sends them to all. */
export const corsForOrigins: Middleware = async (context, next) => {
  await next();
  if (context.headers.origin !== undefined) return;
  for (const name of ["Allow-Origin", "Allow-Credentials", "Expose-Headers", "Max-Age"])
    context.remove(`Access-Control-${name}`);
};
