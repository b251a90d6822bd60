import { burstCases } from "./burst.ts";
import { coldRows } from "./cold/index.ts";
import { coldWords } from "./cold/row.ts";
import { computeRows } from "./compute/index.ts";
import { machine } from "./compute/machine.ts";
import { json, words } from "./compute/report.ts";
import { NothingSelected } from "./compute/selection.ts";
import { batchRows, pathRows } from "./path/index.ts";
import { pathWords } from "./path/row.ts";

/**
 * `npm run bench -- [compute|cold|path|batches|burst] [--json]`: one line, or one JSON object, per case; all when none is
 * named. `compute` takes names of cases, sizes and engines, each narrowing what is measured; it and `path` take
 * `--quick`.
 */
const [name, ...rest] = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const asJson = process.argv.includes("--json");
const quick = process.argv.includes("--quick");

const ms = (value: number) => `${value.toFixed(0)} ms`;

/** As JSON for machines, else in words. */
function printer<Result>(words: (result: Result) => string): (result: Result) => void {
  return (result) => console.log(asJson ? JSON.stringify(result) : words(result));
}

const benchmarks: Record<string, () => Promise<void>> = {
  async compute() {
    if (!asJson) console.log(await machine());
    await computeRows({ words: rest, quick }, (row) => console.log(asJson ? json(row) : words(row)));
  },
  cold: () => coldRows(printer(coldWords)),
  path: () => pathRows({ quick }, printer(pathWords)),
  batches: async () => batchRows({ quick }, printer(pathWords)),
  burst: () =>
    burstCases(
      printer(
        ({ burst, jobs, submitMs, seconds }) =>
          `burst, ${burst} of this stack: ${jobs} jobs; submit p50 ${ms(submitMs.p50)} p99 ${ms(submitMs.p99)}; all completed in ${seconds.toFixed(1)} s`,
      ),
    ),
};

const asked = name === undefined ? Object.keys(benchmarks) : [name];
for (const each of asked) {
  const benchmark = benchmarks[each];
  if (!benchmark) {
    console.error(`no benchmark is called ${each}; there are: ${Object.keys(benchmarks).join(", ")}`);
    process.exit(2);
  }
  await benchmark().catch((error) => {
    if (!(error instanceof NothingSelected)) throw error;
    console.error(error.message);
    process.exit(2);
  });
}
