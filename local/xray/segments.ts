/** A segment as X-Ray takes it, as far as anybody here looks into one. */
export interface Segment {
  readonly trace_id: string;
  readonly id: string;
  readonly parent_id?: string;
  readonly name: string;
  readonly origin?: string;
  /** Epoch seconds. */
  readonly start_time: number;
  readonly end_time?: number;
  readonly fault?: boolean;
  readonly annotations?: Readonly<Record<string, string | number | boolean>>;
  readonly subsegments?: readonly Omit<Segment, "trace_id">[];
}

/** A day of a stack that nobody uses fits; a busy one forgets its oldest. */
const kept = 10_000;

/** What X-Ray was sent, in the order of its arrival. */
export class Segments {
  readonly #all: Segment[] = [];

  add(segment: Segment): void {
    this.#all.push(segment);
    if (this.#all.length > kept) this.#all.splice(0, kept / 2);
  }

  of(traceId: string): Segment[] {
    return this.#all.filter(({ trace_id }) => trace_id === traceId);
  }
}
