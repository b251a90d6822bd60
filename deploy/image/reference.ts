/** An image by its digest. */
const byDigest = /^[^\s@]+@sha256:[0-9a-f]{64}$/;

/** @throws for anything else: a tag may mean another image tomorrow, and CloudFormation would not notice. */
export function checkImage(image: string): string {
  if (image === "auto" || image === "none" || byDigest.test(image)) return image;
  throw new Error(
    `expected the image to be auto, none, or an image by its digest (URI@sha256:…), got ${JSON.stringify(image)}. ` +
      "The digest of a tag: aws ecr describe-images --repository-name NAME --image-ids imageTag=TAG",
  );
}

/** `name` of `<account>.dkr.ecr.<region>.amazonaws.com/name@sha256:…`. */
export const repositoryNameOf = (uri: string): string =>
  uri.replace(/@.*$/, "").split("/").slice(1).join("/");

export const digestOf = (uri: string): string => uri.slice(uri.indexOf("@") + 1);
