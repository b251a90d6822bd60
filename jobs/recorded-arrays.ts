import { type InputRef, isRecorded, type Job, type OutputRef, recordVersion } from "./record.ts";

/** What a record says besides, when it holds arrays itself. */

/** A record that is to hold arrays gets the version that says so, and keeps it. */
export function versioned(arrays: Readonly<Record<string, InputRef | OutputRef>>): Partial<Pick<Job, "v">> {
  return Object.values(arrays).some(isRecorded) ? { v: recordVersion } : {};
}

/** A COMPLETED job never runs again: its inputs would only make the record dearer to read and to write. */
export function withoutRecorded({ inputs }: Pick<Job, "inputs">): Partial<Pick<Job, "inputs">> {
  if (!Object.values(inputs).some(isRecorded)) return {};
  const spec = ({ shape, dtype }: InputRef) => ({ shape, dtype, used: true }) as const;
  return {
    inputs: Object.fromEntries(
      Object.entries(inputs).map(([name, input]) => [name, isRecorded(input) ? spec(input) : input]),
    ),
  };
}
