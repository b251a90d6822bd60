import { pathCases } from "./path.ts";

/** `npm run bench -- path [--json]`: one line, or one JSON object, per case. */
const asJson = process.argv.includes("--json");
const [name = "path"] = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));

if (name !== "path") {
  console.error(`no benchmark is called ${name}; there is: path`);
  process.exit(2);
}

const ms = (value: number) => `${value.toFixed(0)} ms`;

await pathCases((result) => {
  if (asJson) {
    console.log(JSON.stringify(result));
    return;
  }
  const { n, callers, jobsPerSecond, submitMs, resultMs, spentMs } = result;
  console.log(
    `path ${n}×${n}, ${callers} callers: ${jobsPerSecond.toFixed(1)} jobs/s; submit p50 ${ms(submitMs.p50)} p99 ${ms(submitMs.p99)}; ` +
      `result p50 ${ms(resultMs.p50)} p99 ${ms(resultMs.p99)}; of it queued ${ms(spentMs.queued)}, worker ${ms(spentMs.worker)}, rest ${ms(spentMs.rest)}`,
  );
});
