import { parseArgs } from "node:util";
import { explain, Tally } from "./simulation/report.ts";
import { runSeed } from "./simulation/run-seed.ts";

/**
 * The long form of tests/faults/simulation.test.ts:
 * npm run test:faults -- --seeds 200 [--from 1] [--jobs 200], or --seed S to replay one.
 */

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "20" },
    from: { type: "string", default: "1" },
    seed: { type: "string" },
    jobs: { type: "string", default: "200" },
  },
});
const jobs = Number(values.jobs);
const first = Number(values.seed ?? values.from);
const count = values.seed === undefined ? Number(values.seeds) : 1;
if (![jobs, first, count].every(Number.isSafeInteger) || jobs < 1 || count < 1) {
  throw new Error("expected whole numbers: --seeds N, --from S, --seed S, --jobs M");
}

const tally = new Tally();
for (let seed = first; seed < first + count; seed++) {
  const result = await runSeed({ seed, jobs });
  tally.add(result);
  if (result.stage.watch.violations.length > 0) console.error(`${explain(result, jobs)}\n`);
  else if (tally.seeds % 10 === 0) console.error(`${tally.seeds} of ${count} seeds`);
}
console.log(tally.toString());
process.exitCode = tally.violations === 0 ? 0 : 1;
