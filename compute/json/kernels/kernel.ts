import { moduleFrom } from "../../engines/wasm-module.ts";
import type { JsonKernels } from "./built/json.ts";
import { base64 } from "./built/json.wasm.ts";

/** The kernels, and their memory as each kind of number. */
export interface JsonKernel extends JsonKernels {
  readonly bytes: Uint8Array;
  readonly doubles: Float64Array;
  readonly words: Int32Array;
  readonly longs: BigInt64Array;
}

let instance: JsonKernel | undefined;

/** Compiled when first asked for: a request without large arrays never pays for it. */
export function jsonKernel(): JsonKernel {
  instance ??= instantiate();
  return instance;
}

function instantiate(): JsonKernel {
  const { exports } = new WebAssembly.Instance(moduleFrom(base64));
  const { memory, read, write } = exports as unknown as JsonKernels & { memory: WebAssembly.Memory };
  const { buffer } = memory;
  return {
    read,
    write,
    bytes: new Uint8Array(buffer),
    doubles: new Float64Array(buffer),
    words: new Int32Array(buffer),
    longs: new BigInt64Array(buffer),
  };
}
