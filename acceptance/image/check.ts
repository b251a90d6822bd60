import { once } from "node:events";
import { readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { type Stack, startStack } from "../../local/stack-process.ts";
import { client } from "../support/client.ts";
import { build, buildah } from "./buildah.ts";
import { checkContents } from "./contents.ts";
import { runOne, startLong } from "./jobs.ts";
import { localBase, whyNoLocalBase } from "./local-base.ts";
import { compressedBytes, unpack } from "./unpacked.ts";

/**
 * Builds the image as it is deployed (arm64) and for this machine's CPU, looks into both, and runs jobs of the local
 * cloud in the one that can run here. Needs buildah and root on Linux; says so and ends well where they are missing, or with --strict fails.
 */

const root = path.resolve(import.meta.dirname, "../..");
const dockerfile = "container/Dockerfile";
const deployed = "arm64";
const here = process.arch === "x64" ? "amd64" : process.arch;

/** Of the 120 s that Fargate gives. */
const mostSecondsToEnd = 30;

/** EX_TEMPFAIL of container/main.ts: the job was given back. */
const givenBack = 75;

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
const secondsSince = (start: number): string => `${((performance.now() - start) / 1000).toFixed(1)} s`;

const instructions = readFileSync(path.join(root, dockerfile), "utf8");
const pinned = String(/^ARG BASE=(\S+)$/m.exec(instructions)?.[1]);
const variables = [...instructions.matchAll(/^ENV (\S+)$/gm)].map(([, variable]) => String(variable)).sort();

/** What the image's stages are built on, or why there is nothing. */
async function findBase(): Promise<{ base: string } | { missing: string }> {
  try {
    await buildah("pull", "--quiet", "--policy", "missing", pinned);
    return { base: pinned };
  } catch (error) {
    const reason = `${pinned} cannot be pulled (${(error as Error).message.trim().split("\n").at(-1)})`;
    const missing = await whyNoLocalBase();
    if (missing !== undefined) return { missing: `${reason}; ${missing}` };
    console.log(`${reason}: Debian by mmdebstrap in its place`);
    return { base: await localBase() };
  }
}

async function whatIsMissing(): Promise<string | undefined> {
  if (process.platform !== "linux" || process.getuid?.() !== 0)
    return "the image is run in Linux namespaces, as root: sudo npm run image:check";
  return buildah("--version").then(
    () => undefined,
    () => "buildah is not installed: apt-get install buildah",
  );
}

/** Builds it for one CPU and looks at every file. */
async function buildFor(architecture: string, base: string): Promise<string> {
  const image = `localhost/sluice:check-${architecture}`;
  const extra = ["--build-arg", `BASE=${base}`, "--pull-never"];
  const given = (process.env.SLUICE_BUILD_ARGS ?? "").split(" ").filter((argument) => argument !== "");
  const started = performance.now();
  await build({ context: root, dockerfile, architecture, image, extra: [...extra, ...given] });
  const built = secondsSince(started);
  const unpacked = await unpack(image, architecture);
  try {
    const got = unpacked.variables.toSorted();
    if (got.join() !== variables.join())
      throw new Error(`expected the Dockerfile's variables ${variables}, got ${got}`);
    const { bytes, programs } = checkContents(unpacked.root, architecture);
    console.log(
      `linux/${architecture}: built in ${built}; ${megabytes(await compressedBytes(image))} compressed, ` +
        `${megabytes(bytes)} unpacked; ${programs} programs and libraries, all for ${architecture} and complete; ` +
        "only /tmp can be written",
    );
  } finally {
    await unpacked.remove();
  }
  return image;
}

/** One job to its end, and one that is interrupted. */
async function runJobsIn(stack: Stack): Promise<void> {
  const http = client(stack.url);
  const started = performance.now();
  const engine = await runOne(http);
  if (!engine.startsWith("native")) throw new Error(`expected the engine native, got ${engine}`);
  console.log(`a job in the image: COMPLETED in ${secondsSince(started)}, exact, by ${engine}`);

  const { jobId, taskId, pid } = await startLong(http);
  const asked = performance.now();
  const ended = exitCodeOf(stack, taskId);
  process.kill(pid, "SIGTERM");
  const code = await ended;
  const seconds = (performance.now() - asked) / 1000;
  if (code !== givenBack || seconds > mostSecondsToEnd)
    throw new Error(
      `expected exit code ${givenBack} in ${mostSecondsToEnd} s, got ${code} after ${seconds.toFixed(1)} s`,
    );
  const { body } = await http.call("GET", `/jobs/${jobId}`);
  const [attempt] = body.attempts;
  if (attempt.outcome !== "interrupted" || body.finishedAt !== undefined)
    throw new Error(`expected the job to go on after an interrupted attempt, got ${JSON.stringify(body)}`);
  console.log(
    `SIGTERM to PID 1: exit code ${code} after ${seconds.toFixed(1)} s; the job was ${attempt.outcome}, and goes on`,
  );
  await http.call("DELETE", `/jobs/${jobId}`);
}

/** What the local ECS says when the task has stopped. */
async function exitCodeOf(stack: Stack, taskId: string): Promise<number> {
  const stopped = new RegExp(`^task ${taskId.slice(-8)} .*stopped after .* exit code (\\d+)`);
  for (;;) {
    const code = stack.lines.map((line) => stopped.exec(line)?.[1]).find((found) => found !== undefined);
    if (code !== undefined) return Number(code);
    await once(stack.process.stderr ?? stack.process, "data");
  }
}

function skip(reason: string): void {
  const { values } = parseArgs({ options: { strict: { type: "boolean", default: false } } });
  console.log(`skipped: ${reason}`);
  process.exitCode = values.strict ? 1 : 0;
}

async function main(): Promise<void> {
  const missing = await whatIsMissing();
  if (missing !== undefined) return skip(missing);
  const found = await findBase();
  if ("missing" in found) return skip(found.missing);

  const images = new Map<string, string>();
  for (const architecture of new Set([deployed, here]))
    images.set(architecture, await buildFor(architecture, found.base));
  const unpacked = await unpack(images.get(here) ?? "", here);
  try {
    const task = [path.join(import.meta.dirname, "container.ts"), unpacked.root, unpacked.config];
    const stack = await startStack({ SLUICE_TASK: JSON.stringify(task) });
    try {
      await runJobsIn(stack);
    } catch (error) {
      console.error(stack.lines.join("\n"));
      throw error;
    } finally {
      await stack.stop();
    }
  } finally {
    await unpacked.remove();
  }
}

main().catch((error: Error) => {
  console.error(`failed: ${error.message}`);
  process.exitCode = 1;
});
