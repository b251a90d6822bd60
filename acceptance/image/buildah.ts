import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";

/** Given by hand: Debian 12's buildah, 1.28, forgets it when there is a --platform. */
const buildPlatform = `linux/${process.arch === "x64" ? "amd64" : process.arch}`;

// Chroot isolation works as root everywhere, inside a container too: it needs no container runtime.
const env = { BUILDAH_ISOLATION: "chroot", ...process.env };

/** What one command says; its errors go with the exception. */
export async function buildah(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)("buildah", args, { env, maxBuffer: 2 ** 26 });
  return stdout.trim();
}

export interface Build {
  readonly context: string;
  readonly dockerfile: string;
  readonly architecture: string;
  readonly image: string;
  readonly extra: readonly string[];
}

/** With layers, as Docker does: a second build repeats only what changed. What it prints is shown if it fails. */
export async function build({ context, dockerfile, architecture, image, extra }: Build): Promise<void> {
  const platforms = ["--platform", `linux/${architecture}`, "--build-arg", `BUILDPLATFORM=${buildPlatform}`];
  const args = ["build", "--layers", "-f", dockerfile, ...platforms, "-t", image, ...extra, "."];
  const child = spawn("buildah", args, { cwd: context, env, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text) => (said += text));
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${said}\nbuildah ${args.join(" ")} failed with exit code ${code}`);
}
