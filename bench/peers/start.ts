import { execFile, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { promisify } from "node:util";

export interface Peer {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts a peer as a process of its own, as the local cloud is one. */
export async function startPeer(script: "express-spawn" | "express-sqs"): Promise<Peer> {
  const child = fork(path.join(import.meta.dirname, `${script}.ts`));
  const exited = once(child, "exit");
  const failed = exited.then(([code]) => {
    throw new Error(`the peer ${script} ended with ${code}`);
  });
  const [message] = (await Promise.race([once(child, "message"), failed])) as [{ url: string }];
  failed.catch(() => {});
  return {
    url: message.url,
    pid: child.pid ?? 0,
    async stop() {
      child.disconnect();
      await exited;
    },
  };
}

/** Why the peers cannot run here; undefined where they can. */
export async function peersAbsence(): Promise<string | undefined> {
  const run = promisify(execFile);
  return run("python3", ["-c", "import boto3, numpy"]).then(
    () => undefined,
    () => "there is no python3 with numpy and boto3 here",
  );
}
