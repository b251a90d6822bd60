import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { getCACertificates } from "node:tls";
import { PutImageCommand } from "@aws-sdk/client-ecr";
import type { Clients } from "./clients.ts";
import { run } from "./processes.ts";
import { startRegistry } from "./registry.ts";
import { accountId, emulatedEnvironment, region, stackName } from "./settings.ts";
import type { StageImage } from "./stage-image.ts";

/**
 * The image that the deploy builds and pushes by itself, to a registry that the run has in place of ECR's. Every
 * manifest that comes becomes an image of the emulator's ECR, under the digest that it would have at AWS.
 */
export async function buildImage(
  folder: string,
  { ecr }: Clients,
  builderVariables: Readonly<Record<string, string>>,
): Promise<StageImage> {
  const tls = await certificate(folder);
  const registry = await startRegistry(path.join(folder, "blobs"), tls, async (pushed) => {
    await ecr.send(
      new PutImageCommand({
        repositoryName: pushed.repository,
        imageManifest: pushed.manifest,
        imageManifestMediaType: pushed.mediaType,
        imageDigest: pushed.digest,
        imageTag: pushed.tag,
      }),
    );
  });
  const environment = {
    ...builderVariables,
    SSL_CERT_FILE: tls.authorities,
    // The password of this run is none of the developer's.
    REGISTRY_AUTH_FILE: path.join(folder, "auth.json"),
  };
  return {
    said: `the deploy builds the image with buildah and pushes it to https://${registry.address}`,
    options: [],
    environment,
    gaps: [
      {
        service: "cloudformation",
        action: "DescribeStacks",
        lacks: "names a registry that is not there",
        instead: `a repository's URI names the run's own, ${registry.address}`,
        applies: ({ body }) => body.includes(`${stackName}-repository`),
        async fill({ body }, ask) {
          const answer = await ask(body);
          const atAws = `${accountId}.dkr.ecr.${region}.amazonaws.com`;
          return { ...answer, body: answer.body.replaceAll(atAws, registry.address) };
        },
      },
    ],
    builds: true,
    uris: () =>
      registry.pushed.map(({ repository, digest }) => `${registry.address}/${repository}@${digest}`),
    async takeBack() {},
    async stop() {
      registry.stop();
      const env = { ...emulatedEnvironment(""), ...environment };
      for (const { repository, tag } of registry.pushed) {
        const image = `${registry.address}/${repository}:${tag}`;
        await run(["buildah", "rmi", image], { env }).catch((error: Error) =>
          console.error(`left in buildah's store: ${image}: ${error.message}`),
        );
      }
    },
  };
}

/** A certificate for the registry, and the authorities for whoever must trust it: the base comes from elsewhere. */
async function certificate(folder: string) {
  const at = (name: string): string => path.join(folder, name);
  const subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
  const files = ["-keyout", at("key.pem"), "-out", at("certificate.pem")];
  await run(
    ["openssl", "req", "-x509", "-nodes", "-days", "1", "-newkey", "rsa:2048", ...files, ...subject],
    { env: emulatedEnvironment("") },
  );
  const [key, cert] = [await readFile(at("key.pem"), "utf8"), await readFile(at("certificate.pem"), "utf8")];
  await writeFile(at("authorities.pem"), [...getCACertificates("system"), cert].join("\n"));
  return { key, cert, authorities: at("authorities.pem") };
}
