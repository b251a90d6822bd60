/** Silence after which a step has stopped for good: moto's CreateStack of a whole stage says nothing for 20 s. */
const silenceMs = 10 * 60_000;

/**
 * Tells a step that has stopped from one that is slow: it waits for as long as there are signs of progress, on however
 * loaded a machine, and gives up after a silence.
 */
export class Progress {
  readonly #watches = new Set<NodeJS.Timeout>();
  readonly silenceMs: number;

  constructor(after = silenceMs) {
    this.silenceMs = after;
  }

  /** Something has happened that had not happened before. */
  sign(): void {
    for (const timer of this.#watches) timer.refresh();
  }

  /** Calls `onSilence` once there was no sign for so long; answers how to stop watching. */
  watch(onSilence: () => void): () => void {
    const timer = setTimeout(onSilence, this.silenceMs);
    this.#watches.add(timer);
    return () => {
      clearTimeout(timer);
      this.#watches.delete(timer);
    };
  }
}
