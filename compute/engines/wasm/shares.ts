import type { Share } from "../threads.ts";
import { absoluteShare } from "./absolute.ts";
import { timesLineShare } from "./fft/bluestein.ts";
import { fftLinesShare } from "./fft/direct.ts";
import { hermitianPairsShare } from "./fft/pairs.ts";
import { fftMatricesShare } from "./fft/two-pass.ts";
import { foldShare, unfoldShare } from "./fold.ts";
import { largestShare } from "./largest.ts";
import { rotateShare } from "./linear-algebra/spectral-kit.ts";
import { updateShare } from "./linear-algebra/update.ts";
import { matmulShare } from "./matmul.ts";
import { randomShare } from "./random.ts";
import { scaleShare } from "./scale.ts";

// biome-ignore lint/suspicious/noExplicitAny: a share knows its own task; whoever finds it by name has one of that kind.
type AnyShare = Share<any>;

const shares: readonly AnyShare[] = [
  matmulShare,
  updateShare,
  rotateShare,
  foldShare,
  unfoldShare,
  largestShare,
  fftLinesShare,
  fftMatricesShare,
  hermitianPairsShare,
  timesLineShare,
  absoluteShare,
  scaleShare,
  randomShare,
];

/** What the other threads of a crew are told to do, by name. */
export function shareNamed(name: string): AnyShare {
  const found = shares.find((share) => share.name === name);
  if (!found) throw new Error(`no share of work is called ${name}`);
  return found;
}
