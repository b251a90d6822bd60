import type { Share } from "../crew.ts";
import { complexDestination, realDestination } from "../destination.ts";
import {
  type Destination,
  depthOf,
  type Extents,
  gemm,
  type Product,
  type Products,
  packedBytes,
  panelBytes,
  panelColumns,
  rowsPerTurn,
  stagedColumns,
} from "../gemm.ts";
import { planeOperand, type Rows, realOperand, Workspace } from "../staging.ts";
import type { Floor, Part } from "./panel.ts";

interface Task extends Extents {
  /** As `lefts` gives them. */
  readonly left: readonly Rows[];
  readonly right: readonly Part[];
  readonly target: readonly Part[];
  readonly add: boolean;
  /** Packed columns of each real matrix on the right. */
  readonly packed: readonly number[];
  /** The threads' own rooms, one behind the other. */
  readonly own: number;
  readonly ownBytes: number;
}

function destinationOf(work: Workspace, { target, add, m, n }: Task, threads: number): Destination {
  const most = rowsPerTurn(m, threads) * Math.min(panelColumns, n);
  const [{ rows, part }] = target;
  const planes = target.map((plane) => realDestination(work, plane.rows, most));
  const destination: Destination =
    part !== undefined
      ? complexDestination(work, rows, most)
      : {
          open(...block) {
            const opened = planes.map((plane) => plane.open(...block));
            return { planes: opened.map((one) => one.planes[0]), add: opened[0].add };
          },
          close(...block) {
            for (const plane of planes) plane.close(...block);
          },
        };
  if (!add) return destination;
  return {
    open: (row, rows, column, columns) => destination.open(row, rows, column, columns, false),
    close: (row, rows, column, columns) => destination.close(row, rows, column, columns, false),
  };
}

/** What one of so many threads works with, in its own room. */
function prepare(work: Workspace, task: Task, threads: number): Products {
  const { left, right, m, n, k } = task;
  const terms = depthOf(k);
  const most = terms * Math.min(stagedColumns, n);
  const factors = left.map((rows) => realOperand(work, rows, rowsPerTurn(m, threads) * terms));
  const product = (from: number, to: number, plane: number, add: boolean): Product => ({
    left: factors[from],
    right: to,
    plane,
    add,
  });
  return {
    destination: destinationOf(work, task, threads),
    products:
      left.length === 1
        ? [product(0, 0, 0, false)]
        : [product(0, 0, 0, false), product(2, 1, 0, true), product(0, 1, 1, false), product(1, 0, 1, true)],
    rights: right.map(({ rows, part }) =>
      part === undefined ? realOperand(work, rows, most) : planeOperand(work, rows, part, 1, most),
    ),
    panel: work.take(panelBytes({ m, n, k }, threads, false)),
  };
}

export const updateShare: Share<Task> = {
  name: "update",
  run(task, member) {
    const work = new Workspace(member, task.own + member.who * task.ownBytes);
    gemm(work, task, prepare(work, task, member.of), task.packed, false, member);
  },
};

/** target (+)= left · right, m×k times k×n, each a matrix of its own in memory. */
export function update(
  { memory, kernels, crew }: Floor,
  extents: Extents,
  target: readonly Part[],
  left: readonly Rows[],
  right: readonly Part[],
  add: boolean,
): void {
  const { m, n, k } = extents;
  if (m === 0 || n === 0 || k === 0) return;
  const hands = crew.worth((m * n * k * (left.length === 1 ? 1 : 4)) / 12);
  const task = { m, n, k, left, right, target, add, packed: [], own: 0, ownBytes: 0 };
  const floor = { memory: memory.memory, kernels };
  const ownBytes = Workspace.bytes(floor, (work) => prepare(work, task, hands.size));
  const each = packedBytes(extents, false);
  const scratch = memory.scratch(right.length * each + hands.size * ownBytes);
  const packed = right.map((_, index) => scratch + index * each);
  hands.run(updateShare, { ...task, packed, own: scratch + right.length * each, ownBytes }, () => {});
  memory.freeScratch(scratch);
}
