import { moduleFrom } from "../../engines/wasm-module.ts";
import { base64 } from "./built/json.wasm.ts";

/**
 * The kernel's 512 KiB: its tables, a state, and one block of text and of numbers. A text of any length passes
 * through them block by block, so nothing grows with it, and blocks stay in the cache.
 */
export const layout = {
  state: 0x4000,
  reading: { text: 0x8000, numbers: 0x20000 },
  writing: { numbers: 0x8000, text: 0x20000 },
  /** Bytes of text read at a time: at most half as many numbers. The kernel looks up to 64 bytes further. */
  textBlock: 0x10000,
  slack: 64,
  /** Bytes of numbers written at a time. */
  numberBlock: 0x10000,
  end: 0x80000,
};

export interface JsonKernel {
  readonly read: (from: number, end: number, isLast: number, to: number, state: number) => number;
  readonly write: (
    from: number,
    count: number,
    step: number,
    to: number,
    limit: number,
    state: number,
  ) => number;
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
  const { memory, read, write } = exports as unknown as Pick<JsonKernel, "read" | "write"> & {
    memory: WebAssembly.Memory;
  };
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
