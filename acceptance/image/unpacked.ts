import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { buildah } from "./buildah.ts";

export interface Unpacked {
  readonly root: string;
  /** The image's configuration, a JSON file. */
  readonly config: string;
  /** NAME=value, as the configuration has them. */
  readonly variables: readonly string[];
  remove(): Promise<void>;
}

/** A container of the image in buildah's store, mounted where it can be read and run. */
export async function unpack(image: string, architecture: string): Promise<Unpacked> {
  const container = await buildah("from", "--arch", architecture, "--pull-never", image);
  const folder = await mkdtemp(path.join(tmpdir(), "sluice-image-"));
  const config = path.join(folder, "config.json");
  const { OCIv1 } = JSON.parse(await buildah("inspect", container)) as {
    OCIv1: { config: { Env?: string[] } };
  };
  await writeFile(config, JSON.stringify(OCIv1.config));
  return {
    root: await buildah("mount", container),
    config,
    variables: OCIv1.config.Env ?? [],
    async remove() {
      await buildah("rm", container);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Bytes of the image as a registry holds it. */
export async function compressedBytes(image: string): Promise<number> {
  const folder = await mkdtemp(path.join(tmpdir(), "sluice-image-"));
  const archive = path.join(folder, "image.tar");
  try {
    await buildah("push", "--quiet", image, `oci-archive:${archive}`);
    return (await stat(archive)).size;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
