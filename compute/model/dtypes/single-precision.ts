import { type Dtype, isSingle } from "@sluice/contract/array";
import type { Operation } from "../operation.ts";
import { conversionsOf, converting } from "./conversions.ts";

/** What double precision is rounded to. */
export const singleOf: Partial<Record<Dtype, Dtype>> = { float64: "float32", complex128: "complex64" };

/**
 * Operations whose results are rounded to float32 or complex64 where all inputs are, as those of numpy.linalg and
 * numpy.fft: for arithmetic that knows double precision alone. A result of the input's own dtype stays as it is.
 */
export const answeringSingle = (operations: readonly Operation[]): readonly Operation[] =>
  operations.map((operation) =>
    converting(operation, {
      before: () => [],
      after: (inputs, outputs) =>
        Object.values(inputs).every(isSingle) ? conversionsOf(outputs, ({ dtype }) => singleOf[dtype]) : [],
    }),
  );
