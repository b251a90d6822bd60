/**
 * Writes docs/costs.md from prices (jobs/cost/prices.ts), counted calls (jobs/cost/calls-per-job.ts) and infra/stages.yml;
 * with --check it only looks whether the file is what they say.
 *
 *     npm run costs
 */
import { readFileSync, writeFileSync } from "node:fs";
import { prices } from "../jobs/cost/prices.ts";
import { alwaysOnSection } from "./costs/always-on.ts";
import { idleSection } from "./costs/idle.ts";
import { expressSection, jobsSection, pricedJobs } from "./costs/jobs.ts";
import { readStages } from "./costs/stages.ts";
import { markdownTable } from "./costs/text.ts";
import { worstCaseSection } from "./costs/worst-case.ts";

const file = new URL("../docs/costs.md", import.meta.url);
const stage = readStages();
const stages = { dev: stage("dev"), prod: stage("prod") };
const settings = {
  workMemoryMiB: stages.dev.number("workMemory"),
  express: true,
  recordArrays: true,
  submitMemoryMiB: stages.dev.number("submitMemory"),
  fargate: true,
  spot: false,
  maxTaskVcpu: stages.dev.number("maxTaskVcpu"),
  maxTasks: stages.dev.number("maxTasks"),
  maxRunningVcpu: stages.dev.number("maxRunningVcpu"),
  maxSeconds: stages.dev.number("maxSeconds"),
  retentionDays: stages.dev.number("retentionDays"),
};
const jobs = pricedJobs(settings);

const template = readFileSync(new URL("costs/costs.md", import.meta.url), "utf8");
const text = template.replace(/<!-- (\S+) -->/g, (mark, name) => {
  const section = sections()[name];
  if (section === undefined) throw new Error(`scripts/costs/costs.md: nothing is called ${mark}`);
  return section;
});

function sections(): Readonly<Record<string, string>> {
  return {
    idle: idleSection(stages),
    express: expressSection(settings),
    jobs: jobsSection(jobs, settings.retentionDays + 1),
    "always-on": alwaysOnSection(jobs.small, jobs.mid),
    "worst-case": worstCaseSection(stages, jobs.small),
    prices: pricesTable(),
  };
}

function pricesTable(): string {
  return markdownTable(
    ["price", "per", "from", "read"],
    Object.values(prices).map(({ usd, per, source, read, secondHand }) => [
      usd < 0.001 ? `$${Number((usd * 1e6).toPrecision(6))} per million` : `$${usd}`,
      per,
      secondHand ? `${source} (second-hand)` : source,
      read,
    ]),
  );
}

if (!process.argv.includes("--check")) writeFileSync(file, text);
else if (readFileSync(file, "utf8") !== text) {
  console.error("docs/costs.md is not what prices, counted calls and stages say: run npm run costs");
  process.exitCode = 1;
}
