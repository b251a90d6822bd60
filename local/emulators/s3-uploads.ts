import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import type { Context, Store } from "@20minutes/s3rver";
import { type Middleware, refuse } from "./s3-answers.ts";

/** What s3rver lacks of multipart uploads. */

const folderOf = (store: Store, bucket: string, uploadId: string) =>
  path.join(store.getResourcePath(bucket, undefined, "uploads"), path.basename(uploadId));

/** AbortMultipartUpload, to which s3rver answers 405; and an upload that has ended, which it would open again. */
export const uploads: Middleware = async (context: Context, next) => {
  const { uploadId } = context.query;
  if (!uploadId) return next();
  const [, bucket = ""] = context.path.split("/");
  const folder = folderOf(context.store, bucket, uploadId);
  if (!existsSync(folder)) return refuse(context, 404, "NoSuchUpload");
  if (context.method !== "DELETE") return next();
  await rm(folder, { recursive: true, force: true });
  context.status = 204;
};

/**
 * Completes an upload by appending to its first part. s3rver writes and hashes all of it once more, silent so long
 * that a client takes the connection for dead; S3 sends spaces meanwhile.
 */
export function completeByAppending(store: Store): void {
  store.putObjectMultipart = async (bucket, uploadId, parts) => {
    const folder = folderOf(store, bucket, uploadId);
    const [key, metadata] = await Promise.all(
      ["key", "metadata"].map((name) => readFile(path.join(folder, name), "utf8")),
    );
    const files = parts
      .toSorted((a, b) => a.number - b.number)
      .map(({ number }) => path.join(folder, String(number)));
    const [whole = "", ...rest] = files;
    for (const file of rest) await pipeline(createReadStream(file), createWriteStream(whole, { flags: "a" }));
    const hashes = await Promise.all(files.map((file) => readFile(`${file}.md5`, "utf8")));
    const md5 = `${createHash("md5")
      .update(Buffer.from(hashes.join(""), "hex"))
      .digest("hex")}-${files.length}`;
    const object = store.getResourcePath(bucket, key ?? "", "object");
    await mkdir(path.dirname(object), { recursive: true });
    await rename(whole, object);
    await store.putMetadata(bucket, key ?? "", JSON.parse(metadata ?? "{}"), md5);
    await rm(folder, { recursive: true });
    return { md5, size: (await stat(object)).size };
  };
}
