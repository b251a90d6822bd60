import { findBuilder } from "../../deploy/image/builder.ts";
import { localBase, whyNoLocalBase } from "../image/local-base.ts";

/** The variables with which the deploy builds and pushes its image here, or why it does not. */
export async function findImageBuilder(): Promise<
  { readonly environment: Record<string, string> } | { readonly missing: string }
> {
  const { builder } = await findBuilder();
  // Docker's daemon and the machines of podman and finch trust what they were told to, not this run's registry.
  if (builder !== "buildah")
    return { missing: `the builder here is ${builder ?? "none"}, and it takes buildah` };
  // Chroot isolation needs no container runtime; with layers a second build repeats only what changed.
  const settings = { BUILDAH_ISOLATION: "chroot", BUILDAH_LAYERS: "true" };
  const given = process.env.SLUICE_BUILD_ARGS;
  if (given) return { environment: { ...settings, SLUICE_BUILD_ARGS: given } };
  if ((await whyNoLocalBase()) !== undefined) return { environment: settings };
  // One made on this machine: no image registry need be in reach.
  return { environment: { ...settings, SLUICE_BUILD_ARGS: `--build-arg BASE=${await localBase()}` } };
}
