import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import S3rver, { type Context } from "@20minutes/s3rver";
import type { Bucket, Emulator } from "./emulator.ts";

// Not fauxqs: its S3 stops at 11 MiB per object and PutObjectTagging overwrites the object.
export async function startS3(folder: string, buckets: readonly Bucket[]): Promise<Emulator> {
  await mkdir(folder, { recursive: true });
  const server = new S3rver({
    address: "127.0.0.1",
    port: 0,
    silent: true,
    directory: folder,
    // Not by CreateBucket: s3rver rejects the SDK's signature over a path-style bucket URL ("/b/").
    configureBuckets: buckets.map(({ name, corsXml }) => ({ name, configs: corsXml ? [corsXml] : [] })),
  });
  // The first is its logger, which formats two lines per request even when it is silent: a fifth of its time.
  server.middleware.shift();
  // Before the last, which is its router.
  server.middleware.splice(-1, 0, abortMultipartUpload, ifMatch);
  const { port } = await server.run();
  remember(server.store);
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      server.httpServer.closeAllConnections();
      await server.close();
    },
  };
}

type Middleware = (context: Context, next: () => Promise<void>) => Promise<void>;

function refuse(context: Context, status: number, code: string): void {
  context.status = status;
  context.type = "application/xml";
  context.body = `<Error><Code>${code}</Code><Message>${code}</Message></Error>`;
}

/** s3rver answers 405 to it. */
const abortMultipartUpload: Middleware = async (context, next) => {
  const [, bucket = ""] = context.path.split("/");
  const { uploadId } = context.query;
  if (context.method !== "DELETE" || !uploadId) return next();
  const uploads = context.store.getResourcePath(bucket, undefined, "uploads");
  try {
    await rm(path.join(uploads, path.basename(uploadId)), { recursive: true });
    context.status = 204;
  } catch {
    refuse(context, 404, "NoSuchUpload");
  }
};

/** s3rver reads If-None-Match alone. */
const ifMatch: Middleware = async (context, next) => {
  const wanted = context.headers["if-match"];
  if (context.method !== "GET" || wanted === undefined) return next();
  const [, bucket = "", ...key] = decodeURIComponent(context.path).split("/");
  // A missing object is the router's to tell.
  const there = await context.store.getMetadata(bucket, key.join("/")).catch(() => undefined);
  if (there && there.etag !== wanted) return refuse(context, 412, "PreconditionFailed");
  return next();
};

/**
 * s3rver reads a bucket's folder, CORS and website settings from disk four times per request. Nothing here
 * changes them once it runs. With the logger gone too, a request costs half of what it did.
 */
function remember(store: S3rver["store"]): void {
  const { getBucket, getSubresource } = store;
  const known = new Map<string, Promise<unknown>>();
  const once = (what: string, read: () => Promise<unknown>): Promise<unknown> => {
    const value = known.get(what) ?? read();
    known.set(what, value);
    return value;
  };
  store.getBucket = (name) => once(name, () => getBucket.call(store, name));
  store.getSubresource = (bucket, key, type) => {
    const read = () => getSubresource.call(store, bucket, key, type);
    return key === undefined ? once(`${bucket} ${type}`, read) : read();
  };
}
