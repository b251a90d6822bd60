import { type Case, type Figures, type Row, row } from "./case.ts";
import { freeCores } from "./cores.ts";
import { kernelOf } from "./engine-factory.ts";
import { isLinearAlgebra } from "./linear-algebra.ts";
import { type Pairing, paired, type Round } from "./pairing.ts";
import { node } from "./processes.ts";

/** Rows whose two sides are JavaScript: large against small, ours against ml-matrix, two threads against one, our JSON against V8's. */

const peers: Readonly<Record<string, string>> = {
  "json-in": "JSON.parse and copy",
  "json-out": "lists and JSON.stringify",
  "pipeline-two-threads": "one thread",
};

/** Only where threads are what the row is about. */
const cores = async ({ threads }: Case): Promise<number> => (threads > 1 ? freeCores(threads) : 1);

function figures({ case: name, threads }: Case, pairing: Pairing, free: number): Figures {
  const peer = isLinearAlgebra(name) ? "ml-matrix" : (peers[name] ?? "2048×2048, scaled by n³,");
  if (threads === 1) return { ...pairing, peer };
  const noisy = pairing.noisy || free < 0.9 * threads;
  return { ...pairing, peer, noisy, freeCores: free, speedup: 1 / pairing.ratio };
}

export async function againstOurselves(cases: readonly Case[], report: (row: Row) => void): Promise<void> {
  for (const one of cases) {
    const before = await cores(one);
    const pairing = paired(JSON.parse(await node("versus.ts", JSON.stringify(one))) as Round[]);
    const free = Math.min(before, await cores(one));
    // The label names the kernels of arrays, not those of JSON.
    const kernel = one.case.startsWith("json") ? undefined : kernelOf(one.engine);
    report(row(one, figures(one, pairing, free), kernel));
  }
}
