import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import type { Template } from "./template.ts";

const root = path.resolve(import.meta.dirname, "../..");

export interface PackagedStage {
  readonly folder: string;
  readonly template: Template;
  remove(): Promise<void>;
}

/**
 * What `sls package` makes of this checkout, in a folder of its own. Without credentials: a machine that has
 * none must be able to package.
 */
export async function packageStage(...options: string[]): Promise<PackagedStage> {
  const folder = await mkdtemp(path.join(tmpdir(), "sluice-package-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  const environment = Object.entries(process.env).filter(([name]) => !name.startsWith("AWS_"));
  try {
    await promisify(execFile)(
      process.execPath,
      [
        path.join(root, "node_modules/.bin/sls"),
        "package",
        "--package",
        path.join(folder, "out"),
        ...options,
      ],
      {
        cwd: root,
        env: {
          ...Object.fromEntries(environment),
          AWS_CONFIG_FILE: path.join(folder, "no-config"),
          AWS_SHARED_CREDENTIALS_FILE: path.join(folder, "no-credentials"),
          AWS_EC2_METADATA_DISABLED: "true",
          // Two packagings, or one beside a running local stack, must not share a build folder.
          SLUICE_BUILD_FOLDER: path.relative(root, path.join(folder, "build")),
        },
      },
    );
    const file = path.join(folder, "out/cloudformation-template-update-stack.json");
    return { folder: path.join(folder, "out"), template: JSON.parse(await readFile(file, "utf8")), remove };
  } catch (error) {
    await remove();
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`sls package ${options.join(" ")} failed:\n${stdout}${stderr}`, { cause: error });
  }
}
