import { mkdir } from "node:fs/promises";
import S3rver from "@20minutes/s3rver";
import type { Bucket, Emulator } from "./emulator.ts";
import { corsForOrigins, signed, suffixRange } from "./s3-access.ts";
import { ifMatch } from "./s3-answers.ts";
import { putWhole } from "./s3-puts.ts";
import { completeByAppending, uploads } from "./s3-uploads.ts";

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
  server.middleware.splice(-1, 0, corsForOrigins, signed, uploads, ifMatch, suffixRange);
  completeByAppending(server.store);
  putWhole(server.store);
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
