import type { ArraySpec } from "@sluice/contract/array";
import { slicedAlong, wholeView } from "../../loops/rearrange/views.ts";
import { settleAxis } from "../../model/axes.ts";
import type { Layout } from "./define.ts";
import { refuseParam } from "./params.ts";

/** Two pieces along each shifted axis, which change places. */
export function rolled(a: ArraySpec, shape: readonly number[], shifts: ReadonlyMap<number, number>): Layout {
  let pieces = [{ from: wholeView(shape), to: wholeView(shape) }];
  for (const [axis, shift] of shifts) {
    const extent = shape[axis];
    if (extent === 0) continue;
    const by = ((shift % extent) + extent) % extent;
    const cut = (from: number, to: number, count: number) =>
      pieces.map((piece) => ({
        from: slicedAlong(piece.from, axis, from, count),
        to: slicedAlong(piece.to, axis, to, count),
      }));
    if (by > 0) pieces = [...cut(0, by, extent - by), ...cut(extent - by, 0, by)];
  }
  const placed = pieces.map((piece) => ({ input: "a", output: "result", ...piece }));
  return { outputs: { result: { shape: a.shape, dtype: a.dtype } }, placed };
}

/** How far each axis is shifted, counted from the first; an axis named twice is shifted by both. */
export function shiftsOf(
  shift: readonly number[],
  axis: readonly number[],
  rank: number,
): Map<number, number> {
  if (shift.length !== axis.length && shift.length !== 1 && axis.length !== 1) {
    refuseParam("params.shift", `one shift, or as many as axes: ${axis.length}`, String(shift.length));
  }
  const shifts = new Map<number, number>();
  for (let index = 0; index < Math.max(shift.length, axis.length); index += 1) {
    const at = settleAxis(axis[axis.length === 1 ? 0 : index], rank);
    shifts.set(at, (shifts.get(at) ?? 0) + shift[shift.length === 1 ? 0 : index]);
  }
  return shifts;
}
