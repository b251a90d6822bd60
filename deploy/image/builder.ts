import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { arch } from "node:os";
import { sayError } from "../failure.ts";
import { dockerfile } from "./content.ts";

/** In the order they are looked for. All four speak Docker's commands. */
export const builders = ["docker", "podman", "finch", "buildah"] as const;

export type Builder = (typeof builders)[number];

/** Why a builder that is installed is of no use, by its name. */
export type Silent = Partial<Record<Builder, string>>;

/** `info` asks the daemon or the virtual machine, where there is one. A hung one is as good as none. */
const patienceMs = 20_000;

/** The first builder that answers, and those before it that are there but do not. */
export async function findBuilder(): Promise<{ builder?: Builder; silent: Silent }> {
  const silent: Silent = {};
  for (const builder of builders) {
    const answer = await ask(builder);
    if (answer === "answers") return { builder, silent };
    if (answer !== "absent") silent[builder] = answer.problem;
  }
  return { silent };
}

function ask(builder: Builder): Promise<"answers" | "absent" | { problem: string }> {
  return new Promise((resolve) => {
    execFile(builder, ["info"], { timeout: patienceMs }, (error, _, stderr) => {
      if (!error) resolve("answers");
      else if (error.code === "ENOENT") resolve("absent");
      else resolve({ problem: stderr.trim().split("\n").at(-1) || sayError(error) });
    });
  });
}

export interface Login {
  readonly username: string;
  readonly password: string;
}

/** The password goes in on stdin: arguments are readable by every process of the machine. */
export async function login(
  builder: Builder,
  registry: string,
  { username, password }: Login,
): Promise<void> {
  const child = spawn(builder, ["login", "--username", username, "--password-stdin", registry]);
  let said = "";
  // Kept to itself unless it fails: Docker warns of a password store that AWS's password outlives by hours only.
  for (const output of [child.stdout, child.stderr])
    output.setEncoding("utf8").on("data", (text) => (said += text));
  // A builder that ends before it has read closes the pipe: its exit code says more.
  child.stdin.on("error", () => {});
  child.stdin.end(password);
  const [code] = await once(child, "close");
  if (code !== 0)
    throw new Error(`${builder} could not log in to ${registry}: ${said.trim().split("\n").at(-1)}`);
}

export interface Build {
  readonly folder: string;
  readonly architecture: string;
  readonly buildArguments: readonly string[];
  readonly image: string;
}

export const build = (
  builder: Builder,
  { folder, architecture, buildArguments, image }: Build,
): Promise<void> =>
  run(builder, folder, [
    ...["build", "-f", dockerfile, "--platform", `linux/${architecture}`, "-t", image],
    ...ownPlatform(builder),
    ...buildArguments,
    ".",
  ]);

/** buildah 1.28 (Debian 12), podman's builder too, does not tell a Dockerfile the CPU it builds on. */
function ownPlatform(builder: Builder): string[] {
  if (builder !== "buildah" && builder !== "podman") return [];
  return ["--build-arg", `BUILDPLATFORM=linux/${arch() === "x64" ? "amd64" : arch()}`];
}

export const push = (builder: Builder, folder: string, image: string): Promise<void> =>
  run(builder, folder, ["push", image]);

async function run(builder: Builder, cwd: string, args: string[]): Promise<void> {
  const child = spawn(builder, args, {
    cwd,
    // What it says is progress: a deploy's own stdout stays readable.
    stdio: ["ignore", process.stderr, process.stderr],
    // Docker else pushes an index with a second manifest about the build, which counts among the ten images kept.
    env: { ...process.env, BUILDX_NO_DEFAULT_ATTESTATIONS: "1" },
  });
  const [code, signal] = await once(child, "close");
  if (code !== 0)
    throw new Error(
      `${builder} ${args[0]} failed with ${signal ?? `exit code ${code}`}; its own words are above`,
    );
}
