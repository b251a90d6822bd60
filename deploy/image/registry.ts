import {
  DescribeImagesCommand,
  type ECRClient,
  GetAuthorizationTokenCommand,
  type ImageIdentifier,
} from "@aws-sdk/client-ecr";
import { nameOf } from "../failure.ts";
import type { Login } from "./builder.ts";

/** The digest of an image in the account's registry, unless it is not there. */
export async function findDigest(
  ecr: ECRClient,
  repositoryName: string,
  image: ImageIdentifier,
): Promise<string | undefined> {
  try {
    const found = await ecr.send(new DescribeImagesCommand({ repositoryName, imageIds: [image] }));
    return found.imageDetails?.[0]?.imageDigest;
  } catch (error) {
    if (/^(ImageNotFound|RepositoryNotFound)Exception$/.test(nameOf(error))) return undefined;
    throw error;
  }
}

/** A password for the registry; AWS lets it hold for 12 hours. */
export async function registryLogin(ecr: ECRClient): Promise<Login> {
  const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({}));
  const token = authorizationData?.[0]?.authorizationToken ?? "";
  const [username, password] = Buffer.from(token, "base64").toString().split(":");
  if (!username || !password) throw new Error("expected a login from ECR GetAuthorizationToken, got none");
  return { username, password };
}
