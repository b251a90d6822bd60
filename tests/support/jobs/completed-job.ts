import { stringify } from "@sluice/compute/json/json-text";
import type { ArraySpec, DenseArray } from "@sluice/contract/array";
import { encodeNpy } from "@sluice/contract/npy";
import type { Job } from "../../../jobs/record.ts";
import type { World } from "./memory-ports.ts";
import { jobIn } from "./sample-jobs.ts";

/** A COMPLETED job whose result lies in the world's bucket. */
export function completedWith(
  world: World,
  spec: ArraySpec,
  fill: (index: number) => number = (index) => index,
): Job {
  const length =
    spec.shape.reduce((product, extent) => product * extent, 1) * (spec.dtype === "complex128" ? 2 : 1);
  const data =
    spec.dtype === "float32"
      ? Float32Array.from({ length }, (_, index) => fill(index))
      : Float64Array.from({ length }, (_, index) => fill(index));
  const array: DenseArray = { ...spec, data };
  const file = encodeNpy(array);
  const key = "jobs/x/out/1/result.npy";
  world.bucket.set(key, file);
  return { ...jobIn.COMPLETED, outputs: { result: { ...spec, key, bytes: file.byteLength } } };
}

/** What the caller reads: the answer after its way through JSON. */
export const asRead = (answer: unknown) => JSON.parse(stringify(answer));
