import type { PlanStep } from "../../../model/steps.ts";
import { fewLongFrom } from "./along-axis.ts";
import { workingLength } from "./lengths.ts";
import { blockBytes } from "./line-blocks.ts";
import { planeBytesFor } from "./matrix-context.ts";

/**
 * Bytes a transform along one axis holds besides its arrays, at most: lanes, tables and blocks of four lines or more
 * side by side; or of one long line copies of what is read and written, the spectrum between its two passes and,
 * for Bluestein's method, tables and two padded lines.
 */
export function fftLinesScratchBytes({ size, bytes, linePoints = size }: PlanStep): number {
  const points = workingLength(size);
  const tables = 16 * (3 * points + 2 * size);
  // Blocks are no larger than the arrays but for the last group of lanes.
  const blocks = Math.min(2 * Math.max(blockBytes, 8 * 16 * linePoints), 2 * bytes + 1024);
  const direct = 4 * planeBytesFor(points) + tables + blocks + 4096;
  if (points < fewLongFrom) return direct;
  const padded = points > size ? 16 * (size + 4 * points) : 0;
  // Lines of the spectrum are a cache line longer than they need be, and there are about √points of them.
  const spectrum = 16 * points + 16 * 256 * Math.ceil(Math.sqrt(points));
  const long = 3 * 16 * linePoints + padded + spectrum + longBlocks;
  return Math.max(direct, long);
}

/** What long lines outside kernel memory are staged in, at most, and small tables. */
const longBlocks = 2 ** 21 + 2 ** 19;
