import { execFile } from "node:child_process";
import { copyFile, mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import type { Template } from "./template.ts";

const root = path.resolve(import.meta.dirname, "..");
const ownPerRun = new Set([".git", ".serverless", ".esbuild", ".sluice"]);

export interface PackagedStage {
  readonly folder: string;
  readonly templateFile: string;
  readonly template: Template;
}

const services: string[] = [];

/**
 * What `sls package` makes of this checkout. Without credentials: a machine that has none must be able to
 * package. In a folder of links to the checkout: Serverless works in `.serverless` beside serverless.yml, and
 * two packagings there destroy each other.
 */
export async function packageStage(...options: string[]): Promise<PackagedStage> {
  const service = await mkdtemp(path.join(tmpdir(), "sluice-package-"));
  services.push(service);
  for (const entry of await readdir(root, { withFileTypes: true })) {
    const [from, to] = [path.join(root, entry.name), path.join(service, entry.name)];
    if (entry.isFile()) await copyFile(from, to);
    else if (!ownPerRun.has(entry.name)) await symlink(from, to);
  }
  await sls(service, "package", ...options);
  const folder = path.join(service, ".serverless");
  const templateFile = path.join(folder, "cloudformation-template-update-stack.json");
  return { folder, templateFile, template: JSON.parse(await readFile(templateFile, "utf8")) };
}

export async function removePackagedStages(): Promise<void> {
  for (const service of services.splice(0)) await rm(service, { recursive: true, force: true });
}

async function sls(service: string, ...args: string[]): Promise<void> {
  const environment = Object.entries(process.env).filter(([name]) => !/^(AWS|SLUICE)_/.test(name));
  const noCredentials = {
    AWS_CONFIG_FILE: path.join(service, "no-config"),
    AWS_SHARED_CREDENTIALS_FILE: path.join(service, "no-credentials"),
    AWS_EC2_METADATA_DISABLED: "true",
  };
  const env = { ...Object.fromEntries(environment), ...noCredentials };
  await promisify(execFile)(process.execPath, [path.join(root, "node_modules/.bin/sls"), ...args], {
    cwd: service,
    env,
  }).catch((error: { stdout?: string; stderr?: string }) => {
    throw new Error(`sls ${args.join(" ")} failed:\n${error.stdout}${error.stderr}`, { cause: error });
  });
}
