import type { OnFraction } from "../../../model/on-fraction.ts";
import type { ThreadPool } from "../../threads.ts";
import type { KernelMemory } from "../memory.ts";
import { type MatrixKind, type Numbers, partOf } from "./matrix-context.ts";
import { rootTables } from "./roots.ts";
import { transformMatrices } from "./two-pass.ts";

/** Rows times columns is n, both about √n, and where that can be multiples of the eight lines that are done at a time. */
export function split(n: number): { rows: number; columns: number } {
  const cost = (rows: number): number => {
    const columns = n / rows;
    const unwieldy = (rows % 8 === 0 ? 1 : 16) * (columns % 8 === 0 ? 1 : 16);
    return (columns / rows) * unwieldy;
  };
  let best = 1;
  for (let rows = 2; rows * rows <= n; rows += 1) {
    if (n % rows === 0 && cost(rows) < cost(best)) best = rows;
  }
  return { rows: best, columns: n / best };
}

/**
 * A line of n complex numbers, a product of primes up to 23, as a matrix of rows × columns (Bailey's four steps, 1990):
 * transforms of its columns, a root of unity for each element, transforms of its rows. Each is short enough for a
 * cache; the line goes through memory twice instead of once a pass. Unnormalised, forward or inverse.
 */
export function fourStep(
  n: number,
  inverse: boolean,
  [from, to]: readonly [Numbers, Numbers],
  memory: KernelMemory,
  pool: ThreadPool,
  onFraction: OnFraction,
): void {
  const { rows, columns } = split(n);
  const { shift, values } = rootTables(n);
  const address = memory.scratch(values.byteLength);
  new Float64Array(memory.memory.buffer, address, values.length).set(values);
  const kind: MatrixKind = {
    // The columns of the line's matrix are what the first pass calls rows.
    ...{ rows: columns, columns: rows },
    ...{ dtype: "complex128", swapped: inverse, fourStep: { address, shift } },
  };
  const form = { absolute: false, factor: 1 };
  transformMatrices(kind, form, 1, [besideKernels(from, to), to], memory, pool, onFraction);
  memory.freeScratch(address);
}

/**
 * A line outside kernel memory goes to where its transform will be, if that lies inside: the first pass has read it
 * before the second writes there, and one copy of all is faster than one of 128 bytes of every row.
 */
function besideKernels(from: Numbers, to: Numbers): Numbers {
  if (from.address !== undefined || to.address === undefined) return from;
  const copy = partOf(to, 0, from.data.length);
  copy.data.set(from.data);
  return copy;
}
