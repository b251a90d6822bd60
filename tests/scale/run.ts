/**
 * Simulates the loads of scenarios.ts and writes docs/scale.md; with --check it only looks whether the file is what comes
 * out. Some minutes of one core.
 *
 *     npm run scale
 */
import { readFileSync, writeFileSync } from "node:fs";
import { page } from "./page.ts";
import { scenarios } from "./scenarios.ts";
import { type Outcome, type Scenario, simulate } from "./simulation/scenario.ts";

const file = new URL("../../docs/scale.md", import.meta.url);
const runs: (readonly [Scenario, Outcome])[] = [];
for (const scenario of scenarios) {
  const outcome = await simulate(scenario);
  console.log(`${scenario.name}: ${outcome.accepted} of ${outcome.offered} accepted`);
  runs.push([scenario, outcome]);
}
const text = page(runs);
if (!process.argv.includes("--check")) writeFileSync(file, text);
else if (readFileSync(file, "utf8") !== text) {
  console.error("docs/scale.md is not what the simulation says: run npm run scale");
  process.exitCode = 1;
}
