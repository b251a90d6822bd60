import { builders, findBuilder } from "../image/builder.ts";
import { type Check, type Examined, ok, warning } from "./finding.ts";

/** It asks this machine alone, so it is looked at without credentials too. */
export const builder = {
  what: "image builder",
  needs: "nothing",
  async look({ image }: Pick<Examined, "image">) {
    if (image !== "auto") return ok("not needed");
    const { builder, silent } = await findBuilder();
    if (builder) return ok(builder);
    const [first] = Object.entries(silent);
    if (first)
      return warning(
        `${first[0]} is installed but does not answer: ${first[1]}`,
        `start it, then: ${first[0]} info`,
      );
    return warning(
      "none: an image that is not in the repository cannot be built, and a new stage gets no Fargate",
      `install one of ${builders.join(", ")}, or deploy with --image URI@DIGEST`,
    );
  },
} satisfies Check;
