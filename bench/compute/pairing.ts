import { quantile } from "../quantile.ts";
import type { Figures } from "./case.ts";

/** Ours between two runs of the peer, in milliseconds: what a shared machine does, it does to all three. */
export interface Round {
  readonly before: number;
  readonly mine: number;
  readonly after: number;
}

export interface Pairing extends Pick<Figures, "oursMs" | "peerMs" | "ratio"> {
  readonly oursMs: number;
  readonly peerMs: number;
  readonly ratio: number;
  readonly quartiles: readonly [number, number];
  readonly noisy: boolean;
}

/** The peer against itself, median of the rounds, within which a machine counts as quiet. */
const quiet = { least: 0.9, most: 1.1 };

/** Medians over the rounds; each round's ratio is ours over the mean of its two neighbours. */
export function paired(rounds: readonly Round[]): Pairing {
  const peerMs = rounds.map(({ before, after }) => (before + after) / 2);
  const ratios = rounds.map(({ mine }, index) => mine / (peerMs[index] ?? Number.NaN));
  const control = quantile(
    rounds.map(({ before, after }) => before / after),
    0.5,
  );
  return {
    oursMs: quantile(
      rounds.map(({ mine }) => mine),
      0.5,
    ),
    peerMs: quantile(peerMs, 0.5),
    ratio: quantile(ratios, 0.5),
    quartiles: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
    noisy: !(control >= quiet.least && control <= quiet.most),
  };
}

export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
