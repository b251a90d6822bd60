import { plan, random, run } from "@sluice/compute";
import { chosenEngine } from "@sluice/compute/engines/index";
import type { DenseArray } from "@sluice/contract/array";
import { type ComputeCase, computeCases, type Timing } from "./cases.ts";

/** One process of ours: every case, from input arrays to a fresh result. Prints one JSON line per case. */
const budgetMs = 250;
/** V8 compiles what is hot; NumPy gets the same time to settle. */
const warmUpMs = 200;
const calls = { least: 5, most: 400 };

const square = (n: number, seed: number): DenseArray => random({ shape: [n, n], seed });
const single = (array: DenseArray): DenseArray => ({
  ...array,
  dtype: "float32",
  data: Float32Array.from(array.data),
});

function complex(n: number): DenseArray {
  const [re, im] = [square(n, 1), square(n, 2)];
  const data = new Float64Array(2 * n * n);
  for (let index = 0; index < n * n; index++) {
    data[2 * index] = re.data[index] ?? 0;
    data[2 * index + 1] = im.data[index] ?? 0;
  }
  return { shape: [n, n], dtype: "complex128", data };
}

/** Inputs made once, and the call that is timed. */
function prepared({ case: name, n }: ComputeCase): () => DenseArray {
  const only = (outputs: Record<string, DenseArray>) => outputs.result as DenseArray;
  switch (name) {
    case "abs-fft2": {
      const a = square(n, 1);
      const { peakBytes } = plan("fft2", {}, { a });
      return () => {
        const engine = chosenEngine().open(() => () => {}, peakBytes);
        return only(engine.finish({ result: engine.absoluteFft2(a) }));
      };
    }
    case "pipeline": {
      const a = square(n, 1);
      return () => only(run("spectral-projection", { seed: 7, columns: n }, { a }));
    }
    case "fft2-complex": {
      const a = complex(n);
      return () => only(run("fft2", {}, { a }));
    }
    case "matmul": {
      const [a, b] = [square(n, 1), square(n, 2)];
      return () => only(run("matmul", {}, { a, b }));
    }
    case "matmul-f32": {
      const [a, b] = [single(square(n, 1)), single(square(n, 2))];
      return () => only(run("matmul", {}, { a, b }));
    }
  }
}

function timed(one: ComputeCase): Timing {
  const call = prepared(one);
  let result = call();
  const warm = performance.now() + warmUpMs;
  do call();
  while (performance.now() < warm);
  const times: number[] = [];
  const until = performance.now() + budgetMs;
  while (times.length < calls.least || (performance.now() < until && times.length < calls.most)) {
    const start = performance.now();
    result = call();
    times.push(performance.now() - start);
  }
  const ms = times.sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN;
  return { ...one, ms, ...digest(result) };
}

function digest({ data, dtype }: DenseArray): Pick<Timing, "sum" | "samples"> {
  const width = dtype === "complex128" ? 2 : 1;
  let sum = 0;
  for (let index = 0; index < data.length; index += width) {
    sum += width === 2 ? Math.hypot(data[index] ?? 0, data[index + 1] ?? 0) : Math.abs(data[index] ?? 0);
  }
  const elements = data.length / width;
  const samples = [0, 0.123, 0.5, 0.777, 1].map((at) => data[Math.floor(at * (elements - 1)) * width] ?? 0);
  return { sum, samples };
}

for (const one of computeCases) console.log(JSON.stringify(timed(one)));
