import type { KernelMemory } from "@sluice/compute/engines/wasm/memory";
import { byteLength, type DenseArray } from "@sluice/contract/array";

export interface Measured {
  readonly memory: KernelMemory;
  /** Most bytes of scratch and arrays that were out at once. */
  readonly peak: () => number;
  /** Those that are out now. */
  readonly now: () => number;
}

/** The same memory, remembering how many bytes of scratch and arrays were out at once. */
export function measured(memory: KernelMemory, onTaken: () => void = () => {}): Measured {
  const sizes = new Map<number | DenseArray["data"], number>();
  let peak = 0;
  const now = (): number => [...sizes.values()].reduce((sum, size) => sum + size, 0);
  const note = (what: number | DenseArray["data"], bytes: number): void => {
    sizes.set(what, bytes);
    peak = Math.max(peak, now());
    onTaken();
  };
  const wrapper: KernelMemory = {
    memory: memory.memory,
    array(spec, zeroed) {
      const array = memory.array(spec, zeroed);
      note(array.data, byteLength(array));
      return array;
    },
    outside: (spec) => memory.outside(spec),
    common: (array, pool) => memory.common(array, pool),
    release(array) {
      sizes.delete(array.data);
      memory.release(array);
    },
    addressOf: (view) => memory.addressOf(view),
    handOver: (array) => memory.handOver(array),
    close: () => memory.close(),
    scratch(bytes) {
      const address = memory.scratch(bytes);
      note(address, bytes);
      return address;
    },
    freeScratch(address) {
      sizes.delete(address);
      memory.freeScratch(address);
    },
  };
  return { memory: wrapper, peak: () => peak, now };
}
