/** Told the finished fraction (0 to 1) of the plan step that runs. */
export type OnFraction = (fraction: number) => void;
