import { square } from "../../math/powers.ts";
import type { PlanStep } from "../../model/steps.ts";

/**
 * One call of OpenBLAS does at most this much, 1.1 GFLOP: a thread cannot be terminated inside a native call, and a
 * job has to end soon after it is cancelled. OpenBLAS would cut terms and columns about like this itself.
 */
export const mostRows = 1024;
export const mostColumns = 2048;
export const mostTerms = 384;

/** Blocks of both factors and of the result, in numbers. */
const left = mostRows * mostTerms;
const right = mostTerms * mostColumns;
const out = mostRows * mostColumns;
/** OpenBLAS's own packed panels: 7 MiB were touched by a product of 2048×2048. */
const packedBytes = 8 * 2 ** 20;

/**
 * Bytes of folded, widened or taken-apart blocks, at most: a complex factor's two planes, each of a copy (16 bytes
 * an element) and itself (8), a widened factor, and the result's planes (16) and their copy (16). Folding takes
 * less: each factor's block and, outside kernel memory, two copies. None is larger than its whole matrix makes it.
 */
export function nativeScratchBytes({ bytes }: Pick<PlanStep, "bytes">): number {
  return Math.min(2 * 24 * left + 8 * right + 32 * out + packedBytes, 6 * bytes + 65_536);
}

type Sized = Pick<PlanStep, "kernel" | "size" | "bytes">;

/**
 * Beside the arrays that a factorization is planned with: the copy by columns that LU turns around, the two squares
 * by which gesdd's workspace is larger than planned, and rows and columns by the dozen: workspaces of a block of
 * 32 or 64 columns, and integers. A step's bytes are those of its input and more.
 */
export function workspaceBytes({ kernel, size, bytes }: Sized): number {
  const copy = kernel === "lu" ? bytes : 0;
  const squares = kernel === "svd" || kernel === "svdvals" ? 2 * 8 * square(size) : 0;
  return Math.ceil(copy + squares + 80 * (bytes / size) + 8 * 160 * size);
}

/** With the panels of OpenBLAS's products. */
export const lapackScratchBytes = (step: Sized): number =>
  workspaceBytes(step) + Math.min(packedBytes, 6 * step.bytes + 65_536);
