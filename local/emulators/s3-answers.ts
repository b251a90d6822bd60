import type { Context } from "@20minutes/s3rver";

export type Middleware = (context: Context, next: () => Promise<void>) => Promise<void>;

export function refuse(context: Context, status: number, code: string, why = code): void {
  context.status = status;
  context.type = "application/xml";
  context.body = `<Error><Code>${code}</Code><Message>${why}</Message></Error>`;
}

/** If-Match: s3rver reads If-None-Match alone. */
export const ifMatch: Middleware = async (context, next) => {
  const wanted = context.headers["if-match"];
  if (context.method !== "GET" || wanted === undefined) return next();
  const [, bucket = "", ...key] = decodeURIComponent(context.path).split("/");
  // A missing object is the router's to tell.
  const there = await context.store.getMetadata(bucket, key.join("/")).catch(() => undefined);
  if (there && there.etag !== wanted) return refuse(context, 412, "PreconditionFailed");
  return next();
};
