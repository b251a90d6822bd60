import { stringify } from "@sluice/compute/json/json-text";
import { type FloatingSpec, zeros } from "@sluice/contract/array";
import { encodeNpy } from "@sluice/contract/npy";
import type { Job } from "../../../jobs/record.ts";
import type { World } from "./memory-ports.ts";
import { jobIn } from "./sample-jobs.ts";

/** A COMPLETED job whose result lies in the world's bucket. */
export function completedWith(
  world: World,
  spec: FloatingSpec,
  fill: (index: number) => number = (index) => index,
): Job {
  const array = zeros(spec);
  for (let index = 0; index < array.data.length; index += 1) array.data[index] = fill(index);
  const file = encodeNpy(array);
  const key = "jobs/x/out/1/result.npy";
  world.bucket.set(key, file);
  return { ...jobIn.COMPLETED, outputs: { result: { ...spec, key, bytes: file.byteLength } } };
}

/** What the caller reads: the answer after its way through JSON. */
export const asRead = (answer: unknown) => JSON.parse(stringify(answer));
