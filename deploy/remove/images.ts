import {
  BatchDeleteImageCommand,
  type ECRClient,
  type ImageIdentifier,
  paginateListImages,
} from "@aws-sdk/client-ecr";
import { nameOf } from "../failure.ts";

/**
 * Deletes the images of a repository; answers how many. EmptyOnDelete does the same, in AWS itself only: an emulated
 * stage would keep its repository.
 */
export async function emptyRepository(ecr: ECRClient, repositoryName: string): Promise<number> {
  for (let deleted = 0; ; ) {
    const images = await imagesOf(ecr, repositoryName);
    let gone = 0;
    // 100 a call. An image that an index names goes only after the index: in the next round.
    for (let from = 0; from < images.length; from += 100) {
      const imageIds = images.slice(from, from + 100);
      const { failures = [] } = await ecr.send(new BatchDeleteImageCommand({ repositoryName, imageIds }));
      gone += imageIds.length - failures.length;
    }
    // What then is left is for CloudFormation to delete, or to say why not.
    if (gone === 0) return deleted;
    deleted += gone;
  }
}

/** By digest: an image with two tags is one image. */
async function imagesOf(ecr: ECRClient, repositoryName: string): Promise<ImageIdentifier[]> {
  const digests = new Set<string | undefined>();
  try {
    for await (const { imageIds = [] } of paginateListImages({ client: ecr }, { repositoryName })) {
      for (const { imageDigest } of imageIds) digests.add(imageDigest);
    }
  } catch (error) {
    if (nameOf(error) !== "RepositoryNotFoundException") throw error;
  }
  return [...digests].map((imageDigest) => ({ imageDigest }));
}
