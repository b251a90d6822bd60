import type { ArraySpec } from "@sluice/contract/array";
import { Problem } from "@sluice/contract/problem";
import type { Specs } from "./operation.ts";

export const shapeText = (shape: readonly number[]): string => `(${shape.join(", ")})`;

/** The extent of an axis counted from the last, where a missing axis has extent 1. */
const fromLast = (shape: readonly number[], back: number): number => shape.at(-1 - back) ?? 1;

/**
 * The shape several arrays have together, as numpy.broadcast_shapes: aligned at the last axis, an extent of
 * 1 takes on any other.
 * @throws Problem invalid-shape, naming the first input that does not fit those before it
 */
export function broadcastShape(inputs: Specs): number[] {
  let together: readonly number[] = [];
  for (const [name, { shape }] of Object.entries(inputs)) {
    const rank = Math.max(together.length, shape.length);
    together = Array.from({ length: rank }, (_, axis) => {
      const [known, own] = [fromLast(together, rank - 1 - axis), fromLast(shape, rank - 1 - axis)];
      if (known === own || own === 1) return known;
      if (known === 1) return own;
      const expected = `a shape that broadcasts with ${shapeText(together)}`;
      throw new Problem("invalid-shape", `inputs.${name} must have ${expected}, not ${shapeText(shape)}.`, {
        field: `inputs.${name}`,
        expected,
        got: shapeText(shape),
      });
    });
  }
  return [...together];
}

/** A run of the result's axes along which an operand's elements lie `stride` apart; 0 repeats one. */
export interface BroadcastAxis {
  readonly extent: number;
  readonly stride: number;
}

/**
 * Where the elements of a C-order operand lie for a result of `shape`: its axes, the last one last, those
 * that can be walked as one merged. The last stride is always 0 or 1.
 */
export function broadcastAxes({ shape: own }: ArraySpec, shape: readonly number[]): BroadcastAxis[] {
  const axes: BroadcastAxis[] = [];
  let natural = 1;
  for (let back = 0; back < shape.length; back += 1) {
    const [extent, ownExtent] = [fromLast(shape, back), fromLast(own, back)];
    const stride = ownExtent === 1 ? 0 : natural;
    natural *= ownExtent;
    if (extent === 1) continue;
    const [inner] = axes;
    if (inner && stride === inner.stride * inner.extent) {
      axes[0] = { extent: extent * inner.extent, stride: inner.stride };
    } else axes.unshift({ extent, stride });
  }
  return axes;
}
