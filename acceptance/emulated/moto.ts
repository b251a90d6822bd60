import { once } from "node:events";
import { kill, run, start } from "./processes.ts";
import { accountId } from "./settings.ts";

/** What to install, where python3 or moto's server is missing; undefined where both are there. */
export async function missingMoto(env: Record<string, string>): Promise<string | undefined> {
  try {
    await run(["python3", "-c", "import moto.server"], { env });
    return undefined;
  } catch {
    return "it needs python3 with moto's server: pip install 'moto[server]'";
  }
}

export interface Moto {
  readonly url: string;
  /** The end of its log. */
  said(): string;
  stop(): Promise<void>;
}

/** Without its access log and what resources.ts says better. */
const worthReading = (log: string): string =>
  log
    .split("\n")
    .filter((line) => !/^127\.0\.0\.1 - -|^No Moto|UserWarning|parse_resource\(/.test(line))
    .slice(-40)
    .join("\n");

const running = /Running on (http:\/\/127\.0\.0\.1:\d+)/;

/** moto's server, a process of its own, on a port that it finds free itself and names when it listens. */
export async function startMoto(folder: string, env: Record<string, string>): Promise<Moto> {
  const child = start(["python3", "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"], {
    cwd: folder,
    env: { ...env, MOTO_ACCOUNT_ID: accountId },
  });
  const ended = once(child, "exit");
  let said = "";
  const ready = new Promise<string>((resolve, reject) => {
    child.stdout.resume();
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-20_000);
      const url = running.exec(said)?.[1];
      if (url) resolve(url);
    });
    ended.then(() => reject(new Error(`moto's server ended before it was ready:\n${said}`)), reject);
  });
  const stop = async () => {
    kill(child);
    await ended;
  };
  try {
    return {
      url: await ready,
      said: () => worthReading(said),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
