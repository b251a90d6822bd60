import { type Arrays, plan } from "@sluice/compute";
import type { Engine } from "@sluice/compute/engines/engine";
import { findOperation } from "@sluice/compute/model/registry";
import { byteLength, type DenseArray } from "@sluice/contract/array";
import type { TestedEngine } from "../compute/engines.ts";

export interface TrackedRun {
  readonly outputs: Arrays;
  /** How often a step of the plan was begun, and how many steps the plan has. */
  readonly steps: { readonly begun: number; readonly planned: number };
  /** Most bytes of inputs and engine arrays alive at once, and what the plan says of it. */
  readonly bytes: { readonly peak: number; readonly planned: number };
  /** Bytes of intermediates that nobody gave back. */
  readonly leaked: number;
}

/** An engine that keeps account of the arrays it makes and takes back. */
function accounted(engine: Engine, change: (bytes: number) => void): Engine {
  const made = <Made extends DenseArray>(array: Made): Made => {
    change(byteLength(array));
    return array;
  };
  const all = <Found extends Record<string, DenseArray>>(found: Found): Found => {
    for (const array of Object.values(found)) made(array);
    return found;
  };
  return {
    ...engine,
    array: (spec) => made(engine.array(spec)),
    fft: (a, along) => made(engine.fft(a, along)),
    inverseFft: (a, along) => made(engine.inverseFft(a, along)),
    realFft: (a, along) => made(engine.realFft(a, along)),
    inverseRealFft: (a, along) => made(engine.inverseRealFft(a, along)),
    fft2: (a) => made(engine.fft2(a)),
    inverseFft2: (a) => made(engine.inverseFft2(a)),
    absolute: (a) => made(engine.absolute(a)),
    absoluteFft2: (a) => made(engine.absoluteFft2(a)),
    matmul: (a, b, options) => made(engine.matmul(a, b, options)),
    lu(a) {
      const found = engine.lu(a);
      made(found.lu);
      return found;
    },
    cholesky: (a, upper) => made(engine.cholesky(a, upper)),
    qr: (a, mode) => all(engine.qr(a, mode)),
    eigh: (a, lower) => all(engine.eigh(a, lower)),
    svd: (a, vectors) => all(engine.svd(a, vectors)),
    eig: (a, vectors) => all(engine.eig(a, vectors)),
    random: (request) => made(engine.random(request)),
    release(array) {
      change(-byteLength(array));
      engine.release(array);
    },
  };
}

const bytesOf = (arrays: Arrays): number =>
  Object.values(arrays).reduce((bytes, array) => bytes + byteLength(array), 0);

/** Runs one operation and says whether it did what its plan promised. */
export function runTracked(
  tested: TestedEngine,
  operation: string,
  params: unknown,
  inputs: Arrays,
): TrackedRun {
  const planned = plan(operation, params, inputs);
  let begun = 0;
  let live = bytesOf(inputs);
  let peak = live;
  const opened = tested.open(() => {
    begun += 1;
    return () => {};
  });
  const engine = accounted(opened, (bytes) => {
    live += bytes;
    peak = Math.max(peak, live);
  });
  const outputs = opened.finish(findOperation(operation).run(planned.params, inputs, engine));
  // An output may be an input in another shape: it takes no bytes of its own.
  const given = new Set(Object.values(inputs).map(({ data }) => data));
  const made = Object.fromEntries(Object.entries(outputs).filter(([, { data }]) => !given.has(data)));
  return {
    outputs,
    steps: { begun, planned: planned.steps.length },
    bytes: { peak, planned: planned.liveBytes },
    leaked: live - bytesOf(inputs) - bytesOf(made),
  };
}
