import { plan } from "@sluice/compute";
import type { FloatingArray } from "@sluice/contract/array";
import type { Case } from "./case.ts";
import { type EngineSetup, engineFactory, opened, peakBytes, runOn, uniform } from "./engine-factory.ts";

/** What is timed on our side. Inputs are `default_rng(seed)`, on the peer's side too: the same bytes. */

type Call = () => FloatingArray;
interface Prepared {
  /** The operation that must be in the registry. */
  readonly operation: string;
  /** Makes the inputs, and answers the call that is timed: from input arrays to a fresh result. */
  prepare(setup: EngineSetup, shape: readonly number[]): Call;
}

function complex(shape: readonly number[]): FloatingArray {
  const [re, im] = [uniform(shape, 1), uniform(shape, 2)];
  const data = new Float64Array(2 * re.data.length);
  for (let index = 0; index < re.data.length; index += 1) {
    data[2 * index] = re.data[index] ?? 0;
    data[2 * index + 1] = im.data[index] ?? 0;
  }
  return { shape, dtype: "complex128", data };
}

const single = ({ shape, data }: FloatingArray): FloatingArray => ({
  shape,
  dtype: "float32",
  data: Float32Array.from(data),
});

const transform = (operation: string, input: (shape: readonly number[]) => FloatingArray): Prepared => ({
  operation,
  prepare(setup, shape) {
    const a = input(shape);
    return () => runOn(setup, operation, {}, { a });
  },
});

const product = (convert: (array: FloatingArray) => FloatingArray): Prepared => ({
  operation: "matmul",
  prepare(setup, shape) {
    const [a, b] = [convert(uniform(shape, 1)), convert(uniform(shape, 2))];
    return () => runOn(setup, "matmul", {}, { a, b });
  },
});

const absoluteFft2: Prepared = {
  operation: "fft2",
  prepare(setup, shape) {
    const a = uniform(shape, 1);
    const peak = peakBytes(setup, plan("fft2", {}, { a }));
    return () => {
      const engine = opened(setup, peak);
      return engine.finish({ result: engine.absoluteFft2(a) }).result;
    };
  },
};

const pipeline: Prepared = {
  operation: "spectral-projection",
  prepare(setup, shape) {
    const a = uniform(shape, 1);
    return () => runOn(setup, "spectral-projection", { seed: 7, columns: shape[1] }, { a });
  },
};

const calls: Readonly<Record<string, Prepared>> = {
  "abs-fft2": absoluteFft2,
  "fft2-complex": transform("fft2", complex),
  "ifft2-complex": transform("ifft2", complex),
  "fft-real": transform("fft", (shape) => uniform(shape, 1)),
  "fft-complex": transform("fft", complex),
  pipeline,
  matmul: product((array) => array),
  "matmul-f32": product(single),
};

/** Rows about the same call have longer names: `matmul-large`, `accuracy-matmul`. */
const callName = (name: string): string => name.replace(/^(accuracy|memory)-|-(large|two-threads)$/, "");

/** Undefined for cases that time something else. */
export const operationOf = (name: string): string | undefined => calls[callName(name)]?.operation;

export function callOf({ case: name, n, rows, engine, threads }: Case): Call {
  const found = calls[callName(name)];
  if (!found || n === null) throw new Error(`no call is known for the case ${name} of size ${n}`);
  return found.prepare({ factory: engineFactory(engine), threads }, [rows ?? n, n]);
}
