import { burstCases } from "./burst.ts";
import { computeResults } from "./compute/rounds.ts";
import { pathCases } from "./path.ts";

/** `npm run bench -- path|burst|compute [--json]`: one line, or one JSON object, per case. */
const asJson = process.argv.includes("--json");
const [name = "path"] = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));

const ms = (value: number) => `${value.toFixed(0)} ms`;
const fine = (value: number) => `${value.toPrecision(3)} ms`;

/** As JSON for machines, else in words. */
function printer<Result>(words: (result: Result) => string): (result: Result) => void {
  return (result) => console.log(asJson ? JSON.stringify(result) : words(result));
}

const benchmarks: Record<string, () => Promise<void>> = {
  path: () =>
    pathCases(
      printer(
        ({ n, callers, jobsPerSecond, submitMs, resultMs, spentMs }) =>
          `path ${n}×${n}, ${callers} callers: ${jobsPerSecond.toFixed(1)} jobs/s; submit p50 ${ms(submitMs.p50)} p99 ${ms(submitMs.p99)}; ` +
          `result p50 ${ms(resultMs.p50)} p99 ${ms(resultMs.p99)}; of it queued ${ms(spentMs.queued)}, worker ${ms(spentMs.worker)}, rest ${ms(spentMs.rest)}`,
      ),
    ),
  burst: () =>
    burstCases(
      printer(
        ({ burst, jobs, submitMs, seconds }) =>
          `burst, ${burst} of this stack: ${jobs} jobs; submit p50 ${ms(submitMs.p50)} p99 ${ms(submitMs.p99)}; all completed in ${seconds.toFixed(1)} s`,
      ),
    ),
  compute: () =>
    computeResults(
      printer(({ case: what, n, engine, oursMs, peer, peerMs, ratio, quartiles, noisy, difference }) => {
        const mine = `${what} ${n}: ${engine} ${fine(oursMs)}`;
        if (peer === null || peerMs === null || !quartiles)
          return `${mine} (no python3 with NumPy to compare with)`;
        const spread = `${ratio?.toFixed(2)} (${quartiles[0].toFixed(2)}–${quartiles[1].toFixed(2)})`;
        return `${mine}, ${peer} ${fine(peerMs)}: ratio ${spread}${noisy ? ", noisy" : ""}; results differ by ${difference?.toExponential(1)}`;
      }),
    ),
};

const benchmark = benchmarks[name];
if (!benchmark) {
  console.error(`no benchmark is called ${name}; there are: ${Object.keys(benchmarks).join(", ")}`);
  process.exit(2);
}
await benchmark();
