import {
  AbortMultipartUploadCommand,
  DeleteObjectsCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { nameOf } from "../failure.ts";

/** Deletes everything in a bucket, a page (1,000) at a time; answers how many objects and versions there were. */
export async function emptyBucket(s3: S3Client, Bucket: string): Promise<number> {
  try {
    await abortUploads(s3, Bucket);
    return await deleteObjects(s3, Bucket);
  } catch (error) {
    // Deleted by a remove that stopped half way.
    if (nameOf(error) === "NoSuchBucket") return 0;
    throw error;
  }
}

/** Each listing starts anew, at what the last page left: what was deleted is in no listing any more. */
async function deleteObjects(s3: S3Client, Bucket: string): Promise<number> {
  for (let deleted = 0; ; ) {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    // An unversioned object is a version named "null".
    const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
    if (Objects.length === 0) return deleted;
    const { Errors = [] } = await s3.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
    );
    const [first] = Errors;
    if (first) {
      throw new Error(
        `${Errors.length} objects of ${Bucket} were not deleted; ${first.Key}: ${first.Message}`,
      );
    }
    deleted += Objects.length;
  }
}

async function abortUploads(s3: S3Client, Bucket: string): Promise<void> {
  for (;;) {
    const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket }));
    if (Uploads.length === 0) return;
    for (const { Key, UploadId } of Uploads) {
      await s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
    }
  }
}
