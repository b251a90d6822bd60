/** Two calls of one process that are timed in turn. */
export interface Contest {
  readonly mine: () => unknown;
  readonly other: () => unknown;
  /** What the other's time is multiplied by. */
  readonly factor: number;
  readonly warmUps: number;
  readonly rounds: number;
}
