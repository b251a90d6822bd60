import { createHash } from "node:crypto";
import {
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  ECRClient,
  PutImageCommand,
} from "@aws-sdk/client-ecr";
import { accountId, region, stackName } from "./settings.ts";

const mediaType = "application/vnd.oci.image.manifest.v1+json";

export interface OwnImage {
  /** URI@DIGEST */
  readonly uri: string;
  remove(): Promise<void>;
}

/**
 * An image for a machine that builds none: a manifest of no layers, in a repository of the run's own. Nothing here
 * pulls it; what it is for is its name and digest, on their way through template, task definition and RunTask.
 */
export async function putOwnImage(endpoint: string): Promise<OwnImage> {
  const ecr = new ECRClient({
    endpoint,
    region,
    credentials: { accessKeyId: "run", secretAccessKey: "run" },
  });
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
  return {
    uri: `${accountId}.dkr.ecr.${region}.amazonaws.com/${repositoryName}@${imageDigest}`,
    async remove() {
      await ecr.send(new DeleteRepositoryCommand({ repositoryName, force: true }));
    },
  };
}

const digestOf = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;
