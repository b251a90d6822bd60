import { createHash } from "node:crypto";
import { CreateRepositoryCommand, DeleteRepositoryCommand, PutImageCommand } from "@aws-sdk/client-ecr";
import type { Clients } from "./clients.ts";
import { accountId, region, stackName } from "./settings.ts";
import type { StageImage } from "./stage-image.ts";

const mediaType = "application/vnd.oci.image.manifest.v1+json";
const digestOf = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;

/**
 * An image for a machine that builds none: a manifest without layers in a repository of the run's own, given to the
 * deploy by --image. Nothing pulls it here; its name and digest travel as a real one's do.
 */
export async function giveImage({ ecr }: Clients, why: string): Promise<StageImage> {
  const config = { mediaType: "application/vnd.oci.image.config.v1+json", digest: digestOf("{}"), size: 2 };
  const imageManifest = JSON.stringify({ schemaVersion: 2, mediaType, config, layers: [] });
  const imageDigest = digestOf(imageManifest);
  const repositoryName = stackName;
  await ecr.send(new CreateRepositoryCommand({ repositoryName }));
  await ecr.send(
    new PutImageCommand({
      repositoryName,
      imageManifest,
      imageManifestMediaType: mediaType,
      imageDigest,
      imageTag: "emulated",
    }),
  );
  const uri = `${accountId}.dkr.ecr.${region}.amazonaws.com/${repositoryName}@${imageDigest}`;
  return {
    said: `no image is built (${why}): the deploy gets --image ${uri}, an empty one`,
    options: ["--image", uri],
    environment: {},
    gaps: [],
    builds: false,
    uris: () => [uri],
    async takeBack() {
      await ecr.send(new DeleteRepositoryCommand({ repositoryName, force: true }));
    },
    async stop() {},
  };
}
