import { mkdir } from "node:fs/promises";
import S3rver from "@20minutes/s3rver";
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
  const { port } = await server.run();
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      server.httpServer.closeAllConnections();
      await server.close();
    },
  };
}
