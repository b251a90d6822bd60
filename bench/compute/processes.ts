import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";

/** The processes that measure, one at a time, each side in the same surroundings. */

const run = promisify(execFile);
const folder = import.meta.dirname;
/**
 * glibc otherwise gives every large array back to the system, and a page of fresh memory costs up to 13 µs on a
 * virtual machine: more than the arithmetic. `work` keeps its memory by the same two variables (serverless.yml); both sides gain.
 */
const keepMemory = { MALLOC_MMAP_MAX_: "0", MALLOC_TRIM_THRESHOLD_: "536870912" };

/** What a program says, a few megabytes at most. */
export async function output(
  file: string,
  args: readonly string[],
  more: NodeJS.ProcessEnv = {},
): Promise<string> {
  const env = { ...process.env, ...keepMemory, ...more };
  const failed = ({ message, stderr = message }: Error & { stderr?: string }) =>
    new Error(`${path.basename(file)} ${args[0]} failed: ${stderr}`);
  return run(file, args, { env, maxBuffer: 2 ** 26 }).then(
    ({ stdout }) => stdout,
    (error) => {
      throw failed(error);
    },
  );
}

export function node(script: string, argument: string): Promise<string> {
  return output(process.execPath, [path.join(folder, script), argument]);
}

/** OpenBLAS gets as many threads as we do. */
export function python(script: string, argument: string, threads = 1): Promise<string> {
  const count = String(threads);
  const limits = { OMP_NUM_THREADS: count, OPENBLAS_NUM_THREADS: count, MKL_NUM_THREADS: count };
  return output("python3", [path.join(folder, script), argument], limits);
}

/** JSON, one value a line. */
export const parsedLines = <Value>(text: string): Value[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Value);
