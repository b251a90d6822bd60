interface Hole {
  readonly start: number;
  readonly end: number;
}

/** Pieces of a range of addresses. First fit over a sorted list of holes: a job has a handful of arrays, so simple is fast. */
export class FirstFit {
  readonly #all: Hole;
  readonly #alignment: number;
  readonly #sizes = new Map<number, number>();
  #holes: Hole[];

  constructor(start: number, end: number, alignment: number) {
    this.#all = { start, end };
    this.#alignment = alignment;
    this.#holes = [this.#all];
  }

  /** The address of a piece; undefined when there is no room for it, and for one of `leaving` bytes beside it. */
  take(bytes: number, leaving = 0): number | undefined {
    // Even nothing gets an address of its own.
    const size = Math.max(1, Math.ceil(bytes / this.#alignment)) * this.#alignment;
    const index = this.#holes.findIndex(({ start, end }) => end - start >= size);
    if (index === -1) return undefined;
    const { start, end } = this.#holes[index];
    const leaves = (hole: Hole, at: number) => hole.end - hole.start - (at === index ? size : 0) >= leaving;
    if (leaving > 0 && !this.#holes.some(leaves)) return undefined;
    const rest = start + size < end ? [{ start: start + size, end }] : [];
    this.#holes.splice(index, 1, ...rest);
    this.#sizes.set(start, size);
    return start;
  }

  give(address: number): void {
    const size = this.#sizes.get(address);
    if (size === undefined) return;
    this.#sizes.delete(address);
    const holes = [...this.#holes, { start: address, end: address + size }].sort((a, b) => a.start - b.start);
    this.#holes = [];
    for (const hole of holes) {
      const last = this.#holes.at(-1);
      if (last?.end === hole.start)
        this.#holes[this.#holes.length - 1] = { start: last.start, end: hole.end };
      else this.#holes.push(hole);
    }
  }

  giveAll(): void {
    this.#sizes.clear();
    this.#holes = [this.#all];
  }
}
