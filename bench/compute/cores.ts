import { fmaModule } from "./fma-module.ts";
import { node, parsedLines } from "./processes.ts";

/**
 * How much of the machine is ours: multiply-adds that several processes do at once in a quarter of a second, over what
 * one does in its best millisecond. With nothing else running it is their number; beside other work it is less, and
 * more threads cannot show what they bring.
 */
export async function freeCores(processes: number): Promise<number> {
  const work = Array.from({ length: processes }, () => node("cores.ts", ""));
  const speeds = parsedLines<Speeds>((await Promise.all(work)).join(""));
  const best = Math.max(...speeds.map((one) => one.best));
  return speeds.reduce((sum, { mean }) => sum + mean / best, 0);
}

interface Speeds {
  readonly best: number;
  readonly mean: number;
}

if (import.meta.main) {
  const kernel = fmaModule();
  const iterations = 1_000_000;
  const times: number[] = [];
  // The other process has to start too, and V8 to compile.
  for (const until = performance.now() + 200; performance.now() < until; ) kernel(iterations);
  const start = performance.now();
  for (const until = start + 250; performance.now() < until; ) {
    const before = performance.now();
    kernel(iterations);
    times.push(performance.now() - before);
  }
  const mean = times.length / (performance.now() - start);
  console.log(JSON.stringify({ best: 1 / Math.min(...times), mean } satisfies Speeds));
}
