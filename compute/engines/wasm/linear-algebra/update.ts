import { complexDestination, realDestination } from "../destination.ts";
import {
  type Destination,
  depthOf,
  type Extents,
  type Product,
  type Products,
  panelBytes,
  panelColumns,
  rowsPerTurn,
  stagedColumns,
} from "../gemm.ts";
import { multiply, productTask } from "../products.ts";
import { planeOperand, type Rows, realOperand, type Workspace } from "../staging.ts";
import type { ExecutionContext, Part } from "./panel.ts";

interface Args extends Extents {
  /** As `lefts` gives them. */
  readonly left: readonly Rows[];
  readonly right: readonly Part[];
  readonly target: readonly Part[];
  readonly add: boolean;
}

function destinationOf(work: Workspace, { target, add, m, n }: Args, threads: number): Destination {
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

function prepare(work: Workspace, args: Args, threads: number): Products {
  const { left, right, m, n, k } = args;
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
    destination: destinationOf(work, args, threads),
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

export const updateTask = productTask<Args>("update", prepare);

/** target (+)= left · right, m×k times k×n, each a matrix of its own in memory. */
export function update(
  { memory, pool }: ExecutionContext,
  extents: Extents,
  target: readonly Part[],
  left: readonly Rows[],
  right: readonly Part[],
  add: boolean,
): void {
  const { m, n, k } = extents;
  if (m === 0 || n === 0 || k === 0) return;
  const workers = pool.forWork((m * n * k * (left.length === 1 ? 1 : 4)) / 12);
  const args = { m, n, k, left, right, target, add };
  multiply(updateTask, args, right.length, memory, workers, () => {});
}
