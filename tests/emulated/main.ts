import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { missingMoto } from "./moto.ts";
import { killAll } from "./processes.ts";
import { deployDriveRemove } from "./run.ts";
import { emulatedEnvironment } from "./settings.ts";

/**
 * `npm run deploy:emulated`: the real `sls deploy` against moto, an AWS emulator that others wrote, a small and a
 * large job through what was deployed, and `sls remove`. Exits with 0 only when every step did what it says.
 */
const mostMinutes = 10;

const started = performance.now();
const seconds = (): string => ((performance.now() - started) / 1000).toFixed(1).padStart(6);
const say = (text: string): void => console.log(`${seconds()} s  ${text}`);

const missing = await missingMoto(emulatedEnvironment(""));
if (missing) {
  console.log(`skipped: ${missing}`);
  process.exit(0);
}

const folder = await mkdtemp(path.join(tmpdir(), "sluice-emulated-"));
process.once("exit", () => {
  killAll();
  rmSync(folder, { recursive: true, force: true });
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
const late = setTimeout(() => {
  console.error(`FAILED: not done after ${mostMinutes} minutes`);
  process.exit(1);
}, mostMinutes * 60_000);

try {
  await deployDriveRemove(folder, say);
  say("done");
} catch (error) {
  console.error(
    `FAILED after ${seconds().trim()} s: ${error instanceof Error ? error.stack : String(error)}`,
  );
  process.exitCode = 1;
} finally {
  clearTimeout(late);
  // Sockets that are kept alive would hold the process for their time.
  process.exit();
}
