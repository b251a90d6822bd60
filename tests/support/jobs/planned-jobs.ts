import { type Plan, plan } from "@sluice/compute";
import type { operations } from "@sluice/compute/model/registry";
import { inputNames } from "@sluice/compute/operations/variadic";
import type { Dtype } from "@sluice/contract/array";
import { Problem } from "@sluice/contract/problem";

type Operation = (typeof operations)[number];

export interface PlannedJob {
  readonly title: string;
  readonly plan: Plan;
}

const floating = ["float64", "float32", "complex128"] as const;
/** Of what takes no numbers with a fraction, such as the bits of integers. */
const whole = ["int64"] as const;

/** The first shape that is allowed is taken; a vector beside a matrix, where the operation takes one, is a job of its own. */
const shapesOf = (n: number): Readonly<Record<string, readonly [number[], number[]]>> => ({
  square: [
    [n, n],
    [n, n],
  ],
  "square, vector": [[n, n], [n]],
  tall: [
    [n, Math.ceil(n / 8)],
    [n, Math.ceil(n / 8)],
  ],
  wide: [
    [Math.ceil(n / 8), n],
    [Math.ceil(n / 8), n],
  ],
  line: [[n * n], [n * n]],
  stack: [
    [4, n, n],
    [4, n, n],
  ],
  triples: [
    [n, 3],
    [n, 3],
  ],
});

/** Params that go by the size of the inputs, where the example's are of its own. */
const paramsOf: Readonly<Record<string, (shape: readonly number[]) => Record<string, unknown>>> = {
  broadcast_to: (shape) => ({ shape: [2, ...shape] }),
};

/** What `plan()` says of an operation's own example with inputs of this size; undefined where it refuses them. */
function planned(
  operation: Operation,
  [first, others]: readonly [number[], number[]],
  dtype: Dtype,
): Plan | undefined {
  const { name, anyInputs, example } = operation;
  const names =
    anyInputs === undefined ? inputNames(operation, operation.variadic?.least ? 2 : 0) : ["a", "b"];
  const specs = Object.fromEntries(
    names.map((input, index) => [input, { shape: index === 0 ? first : others, dtype }]),
  );
  try {
    return plan(name, paramsOf[name]?.(first) ?? example.params ?? {}, specs);
  } catch (error) {
    if (error instanceof Problem && /^invalid-(shape|dtype|params)$/.test(error.code)) return undefined;
    throw error;
  }
}

/** One operation on matrices and lines of each size, in every dtype it takes. */
export function plannedJobs(operation: Operation, sizes: readonly number[]): PlannedJob[] {
  const jobsIn = (dtypes: readonly Dtype[]) =>
    sizes.flatMap((n) =>
      Object.entries(shapesOf(n)).flatMap(([kind, shapes]) =>
        dtypes.flatMap((dtype) => {
          const found = planned(operation, shapes, dtype);
          return found ? [{ title: `${operation.name}, ${kind}, ${n}, ${dtype}`, plan: found }] : [];
        }),
      ),
    );
  const jobs = jobsIn(floating);
  return jobs.length > 0 ? jobs : jobsIn(whole);
}
