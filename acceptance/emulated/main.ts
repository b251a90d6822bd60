import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { Progress } from "../support/progress.ts";
import { missingMoto } from "./moto.ts";
import { killAll } from "./processes.ts";
import { deployDriveRemove } from "./run.ts";
import { emulatedEnvironment } from "./settings.ts";

/**
 * `npm run deploy:emulated [-- --no-build]`: the real `sls deploy` against moto, an AWS emulator that others wrote,
 * a small and a large job through what was deployed, and `sls remove`. Exits with 0 only when every step did what
 * it says; without moto it is skipped, and with --strict that is a failure.
 */

const { values } = parseArgs({
  options: { "no-build": { type: "boolean", default: false }, strict: { type: "boolean", default: false } },
});

const started = performance.now();
const seconds = (): string => ((performance.now() - started) / 1000).toFixed(1).padStart(6);
const progress = new Progress();
const say = (text: string): void => {
  progress.sign();
  console.log(`${seconds()} s  ${text}`);
};

const missing = await missingMoto(emulatedEnvironment(""));
if (missing) {
  console.log(`skipped: ${missing}`);
  process.exit(values.strict ? 1 : 0);
}

const folder = await mkdtemp(path.join(tmpdir(), "sluice-emulated-"));
process.once("exit", () => {
  killAll();
  rmSync(folder, { recursive: true, force: true });
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
// However long it takes: the first build of the image alone fetches packages for minutes.
progress.watch(() => {
  console.error(`FAILED: no progress for ${progress.silenceMs / 60_000} minutes`);
  process.exit(1);
});

try {
  await deployDriveRemove(folder, { builds: !values["no-build"], say, progress });
  say("both jobs COMPLETED, repository and digest in the task definition, the stack removed");
} catch (error) {
  console.error(
    `FAILED after ${seconds().trim()} s: ${error instanceof Error ? error.stack : String(error)}`,
  );
  process.exitCode = 1;
} finally {
  // Sockets that are kept alive would hold the process for their time.
  process.exit();
}
