import { Buffer } from "node:buffer";
import { byteLength, type FloatingArray, type FloatingSpec } from "@sluice/contract/array";
import type { KernelMemory } from "../../engines/wasm/memory.ts";

/**
 * Where a product goes, with whatever bytes were there. For one thread outside kernel memory, as OpenBLAS writes
 * anywhere: the caller keeps it as it is. Several may have to work on it next, so it is where all reach it. Neither copied when handed over nor zeroed first, it costs 1 µs at 128×128, where either
 * took 6 to 18 and the product 90.
 * @throws RangeError "Array buffer allocation failed", as typed arrays do
 */
export function freshResult(spec: FloatingSpec, memory: KernelMemory, threads: number): FloatingArray {
  if (threads > 1) return memory.array(spec, false);
  const { shape, dtype } = spec;
  const { buffer } = uninitialised(byteLength(spec));
  const data = dtype === "float32" ? new Float32Array(buffer) : new Float64Array(buffer);
  return { shape: [...shape], dtype, data };
}

function uninitialised(bytes: number): Buffer {
  try {
    return Buffer.allocUnsafeSlow(bytes);
  } catch (error) {
    throw new RangeError("Array buffer allocation failed", { cause: error });
  }
}
