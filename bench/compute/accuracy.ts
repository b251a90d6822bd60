import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { callOf } from "./calls.ts";
import { absentRow, type Case, nothing, type Row, row } from "./case.ts";
import { kernelOf } from "./engine-factory.ts";
import { peer } from "./peer.ts";
import { python } from "./processes.ts";

type Errors = { readonly oursError: number; readonly peerError: number } | { readonly absent: string };

/** Our root mean square error against long double over NumPy's, of the same inputs. */
export async function accuracy(cases: readonly Case[], report: (row: Row) => void): Promise<void> {
  const numpy = await peer();
  const folder = await mkdtemp(path.join(tmpdir(), "sluice-bench-"));
  try {
    const file = path.join(folder, "result");
    for (const one of cases) {
      if ("absent" in numpy) {
        report(absentRow(one, numpy.absent));
        continue;
      }
      const { data } = callOf(one)();
      await writeFile(file, Buffer.from(data.buffer, data.byteOffset, data.byteLength));
      const errors = JSON.parse(
        await python("accuracy.py", JSON.stringify({ case: one.case, n: one.n, file })),
      ) as Errors;
      if ("absent" in errors) report(absentRow(one, errors.absent));
      else {
        const ratio = errors.oursError / errors.peerError;
        report(row(one, { ...nothing, ...errors, ratio, peer: numpy.name }, kernelOf(one.engine)));
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
