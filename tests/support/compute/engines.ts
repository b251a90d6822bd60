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
import { describe, test } from "vitest";

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

/** Debian's two builds of OpenBLAS are two packages: each is here, or there is a reason why not. */
const builds = (["ILP64", "LP64"] satisfies Interface[]).map((one) => {
  const title = `OpenBLAS ${one}`;
  try {
    return { title, blas: bind(findOpenBlas(import.meta.filename, [one])) };
  } catch (error) {
    return { title, missing: (error as Error).message };
  }
});

export const openBlas: readonly OpenBlas[] = builds.flatMap(({ blas }) => blas ?? []);

/** Declares the tests of each build of OpenBLAS; for one that is not installed, a skipped test that says so. */
export function describeOpenBlas(title: string, tests: (blas: OpenBlas) => void): void {
  for (const { title: build, blas, missing } of builds) {
    if (blas) describe(`${title}, ${build}`, () => tests(blas));
    else test(`${title}, ${build}: ${missing}`, ({ skip }) => skip(missing));
  }
}

function nativeEngines(blas: OpenBlas): TestedEngine[] {
  const name = `native OpenBLAS ${blas.interface}`;
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

export const testedEngines: readonly TestedEngine[] = [
  reference,
  wasm,
  staged,
  ...openBlas.flatMap(nativeEngines),
];

/** An operation on an engine of the test's choice, without `run`. */
export function runOn(engine: TestedEngine, operation: string, params: unknown, inputs: Arrays): Arrays {
  const opened = engine.open();
  const outputs = findOperation(operation).run(plan(operation, params, inputs).params, inputs, opened);
  return opened.finish(outputs);
}
