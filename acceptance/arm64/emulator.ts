import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";

const qemu = "qemu-aarch64-static";

/** The command line of the arm64 Node in `root`. Paths below root are found there, all others on this machine. */
export const arm64Node = (root: string): readonly string[] => [
  qemu,
  "-L",
  root,
  path.join(root, "usr/local/bin/node"),
];

/** The first tool that is missing here, and how to get it. */
export async function whatIsMissing(): Promise<string | undefined> {
  const has = (tool: string, ...args: string[]) =>
    promisify(execFile)(tool, args).then(
      () => true,
      () => false,
    );
  if (process.platform !== "linux") return "arm64 is emulated on Linux only";
  if (!(await has(qemu, "--version"))) return `${qemu} is not on the PATH: apt-get install qemu-user-static`;
  if (!(await has("apt-get", "--version")))
    return "apt-get is not on the PATH: Debian's libraries for arm64 come by it";
  if (!(await has("dpkg-deb", "--version"))) return "dpkg-deb is not on the PATH: apt-get install dpkg";
  return undefined;
}
