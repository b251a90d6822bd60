import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { quantile } from "../quantile.ts";
import { flopsPerIteration, fmaModule } from "./fma-module.ts";
import { quickBudget, timed } from "./timing.ts";

/**
 * The most float64 arithmetic one core can do: multiply-adds that wait for nothing and read nothing. 128 bits wide
 * from WebAssembly, as our kernels are; 256 bits wide from C, as OpenBLAS's are on x86-64.
 */
export interface Peaks {
  /** Measures both once more. */
  sample(): Promise<void>;
  /** GFLOP/s, the best quartile of the samples; undefined where it was not measured. */
  of(bits: number): number | undefined;
  /** Why the 256-bit peak cannot be measured here. */
  readonly absent: string | undefined;
  close(): Promise<void>;
}

const iterations = 100_000;
const run = promisify(execFile);

type Built = { readonly program: string } | { readonly absent: string };

/** The compiled program, which has run once, or why there is none. */
async function compiled(folder: string): Promise<Built> {
  if (process.arch !== "x64")
    return { absent: `256-bit multiply-adds are x86-64's; this is ${process.arch}` };
  const program = path.join(folder, "peak-256");
  const source = path.join(import.meta.dirname, "peak-256.c");
  try {
    await run("cc", ["-O2", "-mavx", "-mfma", "-o", program, source]);
  } catch {
    return { absent: "there is no C compiler (cc) to build peak-256.c with" };
  }
  return run(program).then(
    () => ({ program }),
    () => ({ absent: "this CPU has no 256-bit multiply-adds" }),
  );
}

export async function openPeaks(): Promise<Peaks> {
  const folder = await mkdtemp(path.join(tmpdir(), "sluice-bench-"));
  const built = await compiled(folder);
  const kernel = fmaModule();
  const samples = new Map<number, number[]>([
    [128, []],
    [256, []],
  ]);
  return {
    async sample() {
      const { quickMs } = timed(() => kernel(iterations), quickBudget);
      samples.get(128)?.push((iterations * flopsPerIteration) / quickMs / 1e6);
      if ("program" in built) samples.get(256)?.push(Number((await run(built.program)).stdout));
    },
    of(bits) {
      const seen = samples.get(bits) ?? [];
      return seen.length === 0 ? undefined : quantile(seen, 0.75);
    },
    absent: "absent" in built ? built.absent : undefined,
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
