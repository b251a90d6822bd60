import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { esbuildWorkerSource } from "../../build/worker-source.ts";

const project = path.resolve(import.meta.dirname, "../..");

interface Line {
  readonly engines?: readonly string[];
  readonly refused?: readonly unknown[];
  readonly name: string;
  /** Engine → digest. */
  readonly found: Readonly<Record<string, string>>;
}

async function linesOf(command: readonly string[]): Promise<readonly [Line, ...Line[]]> {
  const [program = "", ...args] = command;
  const { stdout } = await promisify(execFile)(program, args, { maxBuffer: 2 ** 24 });
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line)) as [Line, ...Line[]];
}

/**
 * Runs digests.ts here and by the arm64 Node and compares all it says, the names of the engines too.
 * @returns what was compared, in words
 * @throws Error naming every operation whose bytes differ
 */
export async function compareDigests(node: readonly string[], folder: string): Promise<string> {
  const bundle = path.join(folder, "digests.cjs");
  await build({
    absWorkingDir: project,
    entryPoints: ["acceptance/arm64/digests.ts"],
    outfile: bundle,
    bundle: true,
    format: "cjs",
    platform: "node",
    target: "node24",
    plugins: [esbuildWorkerSource()],
  });
  const [first, ...here] = await linesOf([process.execPath, bundle]);
  const [other, ...there] = await linesOf([...node, bundle]);
  if (JSON.stringify(first) !== JSON.stringify(other))
    throw new Error(`expected the engines ${JSON.stringify(first)}, got on arm64 ${JSON.stringify(other)}`);
  if (here.length < 2 || here.length !== there.length)
    throw new Error(`expected ${here.length} results, got on arm64 ${there.length}`);
  const differing = here.filter(
    ({ found }, index) => JSON.stringify(found) !== JSON.stringify(there[index]?.found),
  );
  if (differing.length > 0)
    throw new Error(
      `other bytes on arm64 than on ${process.arch}: ${differing.map(({ name }) => name).join("; ")}`,
    );
  return `${here.length} results of ${first.engines?.join(" and ")}: the same bytes on arm64 and ${process.arch}`;
}
