import { plan } from "@sluice/compute";
import type { Engine } from "@sluice/compute/engines/engine";
import { engines } from "@sluice/compute/engines/index";
import { singleThreadPool } from "@sluice/compute/engines/threads";
import { engineOn } from "@sluice/compute/engines/wasm/index";
import { stagingMemory } from "@sluice/compute/engines/wasm/memory";
import type { OnFraction } from "@sluice/compute/model/on-fraction";
import type { Arrays } from "@sluice/compute/model/operation";
import { findOperation } from "@sluice/compute/model/registry";
import { nativeEngineOn, nativeFactory } from "@sluice/compute/node/native/index";
import { bind, findOpenBlas, type Interface, type OpenBlas } from "@sluice/compute/node/native/openblas";

export interface TestedEngine {
  readonly name: string;
  open(nextStep?: () => OnFraction): Engine;
}

const silent = () => () => {};

function named(name: string): TestedEngine {
  const { factories, refused } = engines();
  const factory = factories.find(({ label }) => label.name === name);
  if (!factory) throw new Error(`no engine ${name} here: ${JSON.stringify(refused)}`);
  return { name, open: (nextStep = silent) => factory.open(nextStep, 2 ** 26) };
}

export const wasm = named("wasm");
export const reference = named("reference");

/** wasm as it works on arrays larger than its memory: every operand is copied in and out block by block. */
export const staged: TestedEngine = {
  name: "wasm, everything staged",
  open(nextStep = silent) {
    const memory = stagingMemory(2 ** 26);
    return engineOn(memory, singleThreadPool(memory.memory), nextStep);
  },
};

/** OpenBLAS as far as it is installed here: Debian's two builds of it are two packages. */
export const openBlas: readonly OpenBlas[] = (["ILP64", "LP64"] satisfies Interface[]).flatMap((one) => {
  try {
    return [bind(findOpenBlas(import.meta.filename, [one]))];
  } catch (error) {
    console.warn(`native with ${one} OpenBLAS is not tested here: ${(error as Error).message}`);
    return [];
  }
});

function nativeEngines(blas: OpenBlas): TestedEngine[] {
  const name = `native ${blas.interface}`;
  const factory = nativeFactory(blas);
  return [
    { name, open: (nextStep = silent) => factory.open(nextStep, 2 ** 26) },
    {
      name: `${name}, nothing in kernel memory`,
      open(nextStep = silent) {
        const memory = stagingMemory(2 ** 28);
        return nativeEngineOn(blas, memory, singleThreadPool(memory.memory), nextStep);
      },
    },
  ];
}

export const native: readonly TestedEngine[] = openBlas.flatMap(nativeEngines);

export const testedEngines: readonly TestedEngine[] = [reference, wasm, staged, ...native];

/** An operation on an engine of the test's choice, without `run`. */
export function runOn(engine: TestedEngine, operation: string, params: unknown, inputs: Arrays): Arrays {
  const opened = engine.open();
  const outputs = findOperation(operation).run(plan(operation, params, inputs).params, inputs, opened);
  return opened.finish(outputs);
}
