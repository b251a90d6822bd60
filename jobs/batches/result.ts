import { byteLength } from "@sluice/contract/array";
import { isTerminal } from "@sluice/contract/job";
import { maxNpzResultBytes } from "@sluice/contract/limits";
import { encodeNpy } from "@sluice/contract/npy";
import { Problem } from "@sluice/contract/problem";
import { zipOf } from "../api/zip.ts";
import { concurrently } from "../concurrently.ts";
import type { Ports } from "../ports.ts";
import type { Job, OutputRef } from "../record.ts";
import { readOutput } from "../run/arrays.ts";

interface Entry {
  readonly name: string;
  readonly output: OutputRef;
}

/** The header of a `.npy` file and the zip's own records of it, about. */
const overheadBytes = 320;

/**
 * The results of all COMPLETED jobs of a batch as one `.npz`: `0`, `1`, … by their places in the request, and where an
 * operation has several outputs or another name for it, `0.u`, `0.s`, ….
 *
 * @throws Problem `not-finished` while jobs run, `result-too-large`, or `expired` when one of them is gone
 */
export async function batchResult(
  jobs: readonly Job[],
  { objects }: Pick<Ports, "objects">,
): Promise<Uint8Array> {
  const live = jobs.filter(({ status }) => !isTerminal(status)).length;
  if (live > 0)
    throw new Problem("not-finished", `${live} of the batch's ${jobs.length} jobs have not ended`);
  const entries = jobs.flatMap(entriesOf);
  const bytes = entries.reduce((sum, { output }) => sum + byteLength(output) + overheadBytes, 0);
  if (bytes > maxNpzResultBytes) {
    const expected = `at most ${maxNpzResultBytes} bytes of results`;
    const detail = `the results of the batch are too large for one .npz: expected ${expected}, got ${bytes}; fetch those of each job instead`;
    throw new Problem("result-too-large", detail, { expected, got: String(bytes) });
  }
  const files = new Array<{ name: string; bytes: Uint8Array }>(entries.length);
  await concurrently([...entries.entries()], async ([at, { name, output }]) => {
    files[at] = { name: `${name}.npy`, bytes: encodeNpy(await readOutput(output, objects)) };
  });
  return zipOf(files);
}

function entriesOf({ batch, outputs = {} }: Job): Entry[] {
  const place = String(batch?.index);
  return Object.entries(outputs).map(([name, output]) => ({
    name: name === "result" ? place : `${place}.${name}`,
    output,
  }));
}
