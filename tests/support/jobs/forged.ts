import type { JobChanges } from "../../../jobs/lifecycle/transitions.ts";
import type { Job } from "../../../jobs/record.ts";

/** Changes that no transition made: to put a record into the state that a test begins with. */
export function forged(values: { readonly [Field in keyof Job]?: Job[Field] | undefined }): JobChanges {
  return values as JobChanges;
}
