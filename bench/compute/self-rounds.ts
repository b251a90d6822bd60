import { type Case, type Row, row } from "./case.ts";
import { kernelOf } from "./engine-room.ts";
import { paired, type Round } from "./pairing.ts";
import { node } from "./processes.ts";

/** Rows that compare our own calls: a large matrix with a small one, two threads with one. Each in its own process. */
export async function againstOurselves(cases: readonly Case[], report: (row: Row) => void): Promise<void> {
  for (const one of cases) {
    const pairing = paired(JSON.parse(await node("versus.ts", JSON.stringify(one))) as Round[]);
    const figures =
      one.threads > 1
        ? { ...pairing, peer: "one thread", speedup: 1 / pairing.ratio }
        : { ...pairing, peer: "2048×2048 times the ratio of n³" };
    report(row(one, figures, kernelOf(one.engine)));
  }
}
