import { quantile } from "../quantile.ts";
import { withBundles } from "./bundles.ts";
import { absentRow, type Case, nothing, type Row, row } from "./case.ts";
import { paired, type Round } from "./pairing.ts";
import { peer } from "./peer.ts";
import { output } from "./processes.ts";

/** From the start of a process to its end: ours has loaded the whole bundle and has a result, Python has NumPy. */

const rounds = 15;
const work = "functions/work.ts";
const firstResult = "bench/compute/first-result.ts";
/** As the functions run. */
const flags = ["--enable-source-maps"];
const load = "const t = performance.now(); require(process.argv[1]); console.log(performance.now() - t)";

async function milliseconds(file: string, ...args: string[]): Promise<number> {
  const start = performance.now();
  await output(file, args);
  return performance.now() - start;
}

const python = () => milliseconds("python3", "-c", "import numpy");

async function timedRounds(bundle: string): Promise<Round[]> {
  const ours = () => milliseconds(process.execPath, ...flags, bundle);
  // Once each, so that all files are in memory.
  await ours();
  let before = await python().then(python);
  const seen: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const mine = await ours();
    const after = await python();
    seen.push({ before, mine, after });
    before = after;
  }
  return seen;
}

/** Milliseconds to load a bundle in a process that has started. */
async function loads(bundle: string): Promise<number[]> {
  const seen: number[] = [];
  for (let round = 0; round <= rounds; round += 1)
    seen.push(Number(await output(process.execPath, [...flags, "-e", load, bundle])));
  return seen.slice(1);
}

async function bareNode(): Promise<number[]> {
  const seen: number[] = [];
  for (let round = 0; round <= rounds; round += 1)
    seen.push(await milliseconds(process.execPath, ...flags, "-e", "0"));
  return seen.slice(1);
}

export async function coldStart(cases: readonly Case[], report: (row: Row) => void): Promise<void> {
  const numpy = await peer();
  await withBundles([work, firstResult], async (bundleOf) => {
    for (const one of cases) {
      if (one.case === "cold-start-init") {
        const oursMs = quantile(await loads(bundleOf(work)), 0.5);
        report(row(one, { ...nothing, oursMs, note: "loading the bundle of work in a process that runs" }));
      } else if (one.case === "cold-start-bare-node") {
        const oursMs = quantile(await bareNode(), 0.5);
        report(row(one, { ...nothing, oursMs, note: "a process of Node that does nothing" }));
      } else if ("absent" in numpy) {
        report(absentRow(one, numpy.absent));
      } else {
        const pairing = paired(await timedRounds(bundleOf(firstResult)));
        report(row(one, { ...pairing, peer: "python3 -c 'import numpy'" }));
      }
    }
  });
}
