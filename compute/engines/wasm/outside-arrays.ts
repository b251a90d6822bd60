import {
  type ArrayOf,
  type ArraySpec,
  arrayOver,
  byteLength,
  type DenseArray,
  type Dtype,
  zeros,
} from "@sluice/contract/array";
import { release as releaseBuffer } from "../release.ts";

/**
 * Arrays that find no room in kernel memory. Where several threads must reach them they are shared buffers,
 * which nobody can free: the collector of every thread that saw one has a say. So what is given back is used
 * again for the next array it is large enough for, and not more than twice too large.
 */
export class OutsideArrays {
  readonly #shared: boolean;
  readonly #made = new WeakSet<ArrayBufferLike>();
  #spare: SharedArrayBuffer[] = [];

  constructor(shared: boolean) {
    this.#shared = shared;
  }

  array<Of extends Dtype>(spec: ArraySpec<Of>, zeroed: boolean): ArrayOf<Of> {
    const array: ArrayOf<Of> = this.#shared ? this.#sharedArray(spec, zeroed) : zeros(spec);
    this.#made.add(array.data.buffer);
    return array;
  }

  /** Arrays not made here are left alone. */
  release(array: DenseArray): void {
    const { buffer } = array.data;
    if (!this.#made.delete(buffer)) return;
    if (buffer instanceof SharedArrayBuffer) this.#spare.push(buffer);
    else releaseBuffer(array);
  }

  #sharedArray<Of extends Dtype>(spec: ArraySpec<Of>, zeroed: boolean): ArrayOf<Of> {
    const bytes = byteLength(spec);
    const fits = ({ byteLength: has }: SharedArrayBuffer): boolean => has >= bytes && has <= 2 * bytes;
    const used = this.#spare
      .filter(fits)
      .sort((one, other) => one.byteLength - other.byteLength)
      .at(0);
    // What does not fit will not fit the next time either: the collector may have it.
    this.#spare = used ? this.#spare.filter((buffer) => buffer !== used) : [];
    const buffer = used ?? new SharedArrayBuffer(bytes);
    if (used && zeroed) new Uint8Array(buffer, 0, bytes).fill(0);
    return arrayOver(spec, buffer);
  }
}
