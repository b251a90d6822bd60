import { spawn } from "node:child_process";
import { constants } from "node:os";
import path from "node:path";
import { baseEnvironment } from "../../local/child-processes.ts";
import { arm64Node } from "./emulator.ts";
import { imageEnvironment } from "./root.ts";

/** One task of the image for arm64, as the local ECS's child: `node task.ts ROOT`. The same entry point and environment. */
const [root = ""] = process.argv.slice(2);
const [program = "", ...args] = arm64Node(root);

/** What the local ECS adds for Node itself is no part of a task's environment. */
const notOfTheTask = new Set(Object.keys(baseEnvironment()));
const ofTheTask = Object.entries(process.env).filter(
  ([name]) => !notOfTheTask.has(name) && !name.startsWith("NODE_CHANNEL_"),
);
const { PATH } = process.env;
const child = spawn(program, [...args, path.join(root, "app/main.cjs")], {
  cwd: path.join(root, "app"),
  env: { ...imageEnvironment, ...Object.fromEntries(ofTheTask), PATH },
  stdio: ["ignore", "inherit", "inherit"],
});
process.on("SIGTERM", () => child.kill("SIGTERM"));
process.on("exit", () => child.kill("SIGKILL"));
child.once("exit", (code, signal) => {
  process.exitCode = code ?? 128 + (signal ? constants.signals[signal] : 0);
});
