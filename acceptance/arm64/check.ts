import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { removePackagedStages } from "../../build/package-stage.ts";
import { startLocalCloud } from "../../local/cloud.ts";
import { createLog } from "../../local/log.ts";
import { compareDigests } from "./compare.ts";
import { arm64Node, whatIsMissing } from "./emulator.ts";
import { interruptImageJob, runImageJob, runPackagedWork } from "./jobs.ts";
import { Packaged } from "./packaged.ts";
import { arm64Root } from "./root.ts";

/**
 * What ships is for arm64; this runs it here, emulated by qemu-user: the engines' results compared byte by byte with this
 * CPU's, the packaged `work` on one job, and the image's own files (Node, koffi, OpenBLAS, main.cjs) on two. Says in one
 * line what is missing and ends well, or with --strict fails.
 */
async function runJobs(node: readonly string[], root: string, folder: string): Promise<void> {
  const packaged = await Packaged.into(folder);
  const lines: string[] = [];
  const cloud = await startLocalCloud({
    template: packaged.template,
    region: "eu-west-1",
    stackName: "sluice-dev",
    log: createLog({ debug: true, write: (line) => lines.push(line) }),
    taskCommand: async () => [path.join(import.meta.dirname, "task.ts"), root],
  });
  try {
    const world = { cloud, packaged, node };
    for (const step of [runPackagedWork, runImageJob, interruptImageJob]) await timed(() => step(world));
  } catch (error) {
    console.error(lines.join("\n"));
    throw error;
  } finally {
    await cloud.stop();
    await removePackagedStages();
  }
}

async function timed(step: () => Promise<string>): Promise<void> {
  const started = performance.now();
  const said = await step();
  console.log(`${said} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
}

async function main(): Promise<void> {
  const missing = await whatIsMissing();
  if (missing !== undefined) {
    const { values } = parseArgs({ options: { strict: { type: "boolean", default: false } } });
    console.log(`skipped: ${missing}`);
    process.exitCode = values.strict ? 1 : 0;
    return;
  }
  const folder = await mkdtemp(path.join(tmpdir(), "sluice-arm64-"));
  try {
    const root = await arm64Root();
    const node = arm64Node(root);
    await timed(() => compareDigests(node, folder));
    await runJobs(node, root, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

main().catch((error: Error) => {
  console.error(`failed: ${error.message}`);
  process.exitCode = 1;
});
