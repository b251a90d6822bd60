import { isRecorded, type OutputRef } from "../../../jobs/record.ts";

/** The `.npy` of an output, wherever it is kept. */
export function outputFile(
  output: OutputRef | undefined,
  file: (key: string) => Uint8Array | undefined,
): Uint8Array | undefined {
  if (!output) return undefined;
  return isRecorded(output) ? output.npy : file(output.key);
}
