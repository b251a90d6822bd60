import { cpus, loadavg, totalmem } from "node:os";
import { peer } from "./peer.ts";

/** What the figures are of, in one line. The load is that before the run: a quiet machine has almost none. */
export async function machine(): Promise<string> {
  const [first] = cpus();
  const numpy = await peer();
  return [
    `${cpus().length} × ${first?.model.trim()}`,
    `${(totalmem() / 2 ** 30).toFixed(0)} GiB`,
    `Node ${process.versions.node}`,
    "name" in numpy ? numpy.name : numpy.absent,
    `load ${loadavg()[0]?.toFixed(1)}`,
  ].join("; ");
}
