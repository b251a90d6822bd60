import { arch } from "node:os";
import type { Clients } from "../clients.ts";
import { ensureRepository } from "../repository.ts";
import type { Stage, Tell } from "../stage.ts";
import { type Builder, build, builders, findBuilder, login, push } from "./builder.ts";
import { type BuildInput, imageTag } from "./content.ts";
import { findDigest, registryLogin } from "./registry.ts";

/** Fargate's tasks are arm64 (infra/cluster.yml). */
export const architecture = "arm64";

/** What the image of this checkout is made of. */
export const buildInputOf = ({ folder }: Stage): BuildInput => ({
  folder,
  architecture,
  buildArguments: (process.env.SLUICE_BUILD_ARGS ?? "").split(" ").filter((argument) => argument !== ""),
});

export interface Wanted {
  /** auto, none or URI@DIGEST. */
  readonly image: string;
  /** What the deployed stage runs: none or URI@DIGEST. */
  readonly running: string;
}

/** The image that the stage is to run, URI@DIGEST or none; `auto` is built and pushed unless the registry has it. */
export async function stageImage(
  clients: Clients,
  stage: Stage,
  { image, running }: Wanted,
  tell: Tell,
): Promise<string> {
  if (image === "none" && running !== "none") {
    tell.warn(
      `Fargate is taken away from this stage: it ran ${running}. Jobs that need it will wait until they are late.`,
    );
  }
  if (image !== "auto") return image;

  const uri = await ensureRepository(clients, stage);
  const input = buildInputOf(stage);
  const tag = await imageTag(input);
  const find = () => findDigest(clients.ecr, stage.settings.repository, { imageTag: tag });
  const existing = await find();
  if (existing) {
    tell.note(`Image ${tag} is in the repository: nothing to build.`);
    return `${uri}@${existing}`;
  }

  const { builder } = await findBuilder();
  if (!builder) return withoutBuilder(stage, running, tell);
  tell.note(`Building image ${tag} with ${builder} for linux/${architecture} on ${arch()}.`);
  await publish(clients, builder, input, `${uri}:${tag}`).catch(async (error: unknown) => {
    // Tags are immutable: whoever deployed the same sources at the same time has pushed the same image.
    if (!(await find())) throw error;
  });
  const digest = await find();
  if (!digest)
    throw new Error(`expected ${uri}:${tag} in the repository after ${builder} pushed it, got nothing`);
  tell.note(`Pushed ${uri}@${digest}.`);
  return `${uri}@${digest}`;
}

async function publish({ ecr }: Clients, builder: Builder, input: BuildInput, image: string): Promise<void> {
  await build(builder, { ...input, image });
  // After the build, which may take longer than a session's credentials hold.
  const registry = image.slice(0, image.indexOf("/"));
  await login(builder, registry, await registryLogin(ecr));
  await push(builder, input.folder, image);
}

const install = `install ${builders.slice(0, -1).join(", ")} or ${builders.at(-1)}`;

/** A stage that has Fargate never loses it because of the machine it is deployed from. */
function withoutBuilder({ name }: Stage, running: string, tell: Tell): "none" {
  if (running !== "none") {
    throw new Error(
      `The image's sources have changed and this machine cannot build it: ${install}, and start it. ` +
        `Or deploy the new functions with the image that runs now: --image ${running}. ` +
        "Or give up Fargate, and with it the jobs that need it: --image none",
    );
  }
  tell.warn(
    `NO FARGATE: this machine cannot build images, so the stage ${name} is deployed with Lambda only. ` +
      "Jobs too large for Lambda will be answered 422 fargate-not-deployed. " +
      `To have Fargate: ${install}, and deploy again; or deploy with --image URI@DIGEST.`,
  );
  return "none";
}
