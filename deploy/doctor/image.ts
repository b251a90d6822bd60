import { imageTag } from "../image/content.ts";
import { digestOf, repositoryNameOf } from "../image/reference.ts";
import { findDigest } from "../image/registry.ts";
import { buildInputOf } from "../image/stage-image.ts";
import { type Check, fatal, ok, warning } from "./finding.ts";

export const image: Check = {
  what: "image",
  needs: "ecr:DescribeImages",
  async look({ clients, stage, image }) {
    const { repository } = stage.settings;
    if (image === "none")
      return ok("none: Lambda-only; jobs too large for it are answered 422 fargate-not-deployed");
    if (image === "auto") {
      const tag = await imageTag(buildInputOf(stage));
      const digest = await findDigest(clients.ecr, repository, { imageTag: tag });
      return ok(
        digest
          ? `${repository}:${tag} is there, nothing to build`
          : `${repository}:${tag} is to be built and pushed`,
      );
    }
    const name = repositoryNameOf(image);
    if (name !== repository) {
      return warning(
        `${name} is not the repository that tasks may pull from (${repository}), in the stage's own account and region`,
        `deploy with --param repository=${name}`,
      );
    }
    const there = await findDigest(clients.ecr, repository, { imageDigest: digestOf(image) });
    return there
      ? ok(image)
      : fatal(
          `${image} is not in the repository: no task could start`,
          `aws ecr describe-images --repository-name ${repository}`,
        );
  },
};
