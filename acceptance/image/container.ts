import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { baseEnvironment } from "../../local/child-processes.ts";

/**
 * One task in an unpacked image, as the local ECS's child: `node container.ts ROOT CONFIG`, where CONFIG is the image's
 * own configuration. As Fargate runs infra/cluster.yml's task: a read-only root, a scratch volume on /tmp with the
 * owner and mode of the image's folder, the image's user, its entry point as PID 1, and the task's environment over
 * the image's, nothing else. The network is the host's, where the local cloud is.
 *
 * buildah's chroot isolation has neither PID 1 nor a read-only root, and container runtimes refuse some machines'
 * control groups; unshare needs root and util-linux alone.
 */
interface ImageConfig {
  readonly Env?: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly WorkingDir: string;
  readonly User: string;
}

const [root = "", configFile = ""] = process.argv.slice(2);
const config: ImageConfig = JSON.parse(readFileSync(configFile, "utf8"));
const [uid = "", gid = ""] = config.User.split(":");

const setUp = `set -eu
root=$1; shift
mount --bind "$root" "$root"
mkdir -p "$root/proc" "$root/dev"
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=755 dev "$root/dev"
for name in null zero full random urandom; do
  touch "$root/dev/$name"
  mount --bind "/dev/$name" "$root/dev/$name"
done
mount -t tmpfs -o "$(stat -c mode=%a,uid=%u,gid=%g "$root/tmp")" scratch "$root/tmp"
mount -o remount,bind,ro "$root"
exec env -i "$@"
`;

/** What the local ECS adds for Node itself is no part of a task's environment. */
const notOfTheTask = new Set(Object.keys(baseEnvironment()));
const taskEnvironment = Object.entries(process.env)
  .filter(([name]) => !notOfTheTask.has(name) && !name.startsWith("NODE_CHANNEL_"))
  .map(([name, value]) => `${name}=${value}`);

const isolated = [
  "unshare",
  "--mount",
  "--pid",
  "--fork",
  "--kill-child",
  "sh",
  "-c",
  setUp,
  "container",
  root,
];
const variables = [...(config.Env ?? []), ...taskEnvironment];
const asUser = ["--root", root, "--wd", config.WorkingDir, "--setuid", uid, "--setgid", gid];
const entered = ["/usr/bin/unshare", ...asUser, "--", ...config.Entrypoint];
const runtime = spawn("setpriv", ["--pdeathsig", "KILL", ...isolated, ...variables, ...entered], {
  stdio: ["ignore", "inherit", "inherit"],
});

/** PID 1 of the container, by its number here; undefined before it starts and after it ended. */
function first(): number | undefined {
  try {
    const children = readFileSync(`/proc/${runtime.pid}/task/${runtime.pid}/children`, "utf8");
    return Number(children.trim()) || undefined;
  } catch {
    return undefined;
  }
}

function signal(name: NodeJS.Signals): void {
  const pid = first();
  if (pid !== undefined) process.kill(pid, name);
}

process.on("SIGTERM", () => signal("SIGTERM"));
// Whoever started this is gone: the container must not outlive it.
process.on("exit", () => signal("SIGKILL"));
runtime.once("error", (error) => {
  console.error(error);
  process.exitCode = 1;
});
// unshare ends as its child did: with its exit code, or by its signal.
runtime.once("exit", (code, by) => {
  process.exitCode = code ?? 128 + (by ? constants.signals[by] : 0);
});
