import { readFileSync } from "node:fs";

/** Resident memory of a process in MiB. Linux only, as the local cloud's own limit of memory is. */
function residentMiB(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kib) / 1024;
}

/**
 * Growth, in MiB over a whole run, that is no leak: what 20,000 requests leave in the emulators, which live in the
 * API's process, and what V8 has not yet collected.
 */
export const toleranceMiB = 150;

const median = (values: readonly number[]): number =>
  [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;

/** Watches the memory of a process. The first fifth of the samples is warm-up: code is compiled, pools are filled. */
export class MemoryWatch {
  readonly samples: number[] = [];
  readonly #pid: number;

  constructor(pid: number) {
    this.#pid = pid;
  }

  sample(): void {
    this.samples.push(residentMiB(this.#pid));
  }

  /** Medians of the second and of the last fifth. */
  get early(): number {
    return median(this.#fifth(1));
  }

  get late(): number {
    return median(this.#fifth(4));
  }

  get isFlat(): boolean {
    return this.late - this.early <= toleranceMiB;
  }

  #fifth(which: number): number[] {
    const size = this.samples.length / 5;
    return this.samples.slice(Math.floor(which * size), Math.ceil((which + 1) * size));
  }
}
